type Ending = () => void | Promise<void>;

const endings = new Set<Ending>();
const signalExitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
let watching = false;
let stopped = false;
let ended: Promise<void> | undefined;

/**
 * Registers what must be closed however this process ends: normally, by a signal or by an error
 * that nobody caught. Answers with a function that closes it now.
 */
export function atTheEnd(ending: Ending): () => Promise<void> {
	watch();
	endings.add(ending);
	return async () => {
		if (endings.delete(ending)) await ending();
	};
}

/** Whether a signal or an error is ending this process: what fails from then on is no news. */
export function isStopping(): boolean {
	return stopped;
}

/** Closes everything that is still open, last opened first. */
export function endAll(): Promise<void> {
	ended ??= closeAll().finally(() => {
		ended = undefined;
	});
	return ended;
}

async function closeAll(): Promise<void> {
	for (const ending of [...endings].reverse()) {
		endings.delete(ending);
		try {
			await ending();
		} catch (error) {
			console.error(error);
		}
	}
}

function watch(): void {
	if (watching) return;
	watching = true;
	for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
		process.on(signal, () => {
			// Who asks twice does not want to wait.
			if (stopped) process.exit(exitCode);
			stopped = true;
			void endAll().then(() => process.exit(exitCode));
		});
	}
	const stop = (error: unknown): void => {
		stopped = true;
		console.error(error);
		void endAll().then(() => process.exit(1));
	};
	process.on('uncaughtException', stop);
	process.on('unhandledRejection', stop);
}
