import { parseArgs } from 'node:util';
import { startSandbox, vendorIds } from './index';

/** Reads flags and environment, starts the sandbox and runs until it is told to stop. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string' },
			'files-port': { type: 'string' },
			'task-seconds': { type: 'string' },
		},
	});
	const taskSeconds = values['task-seconds'] ?? process.env.SANDBOX_TASK_SECONDS ?? '3-8';
	const sandbox = await startSandbox({
		port: readPort(values.port ?? process.env.SANDBOX_PORT ?? '4870'),
		filesPort: readPort(values['files-port'] ?? process.env.SANDBOX_FILES_PORT ?? '4871'),
		taskDurationMs: readDuration(taskSeconds),
		...(process.env.SANDBOX_FILES_HOST === '127.0.0.1' && { filesHost: '127.0.0.1' }),
	});
	const lines = vendorIds.map((id) => `  ${id.padEnd(20)}${sandbox.baseUrl(id)}`);
	console.log(`Sandbox is running. Nothing here costs money, nothing leaves this machine.

Base URL of each vendor:
${lines.join('\n')}

API key: ${sandbox.settings.apiKey}   (blocked: ${sandbox.settings.blockedApiKey})
Results:    ${sandbox.filesUrl}
Control:    ${sandbox.url}/__sandbox__/health
A task takes ${taskSeconds} seconds. Stop with Ctrl-C.`);

	let stopping = false;
	const stop = () => {
		if (stopping) return;
		stopping = true;
		void sandbox.close();
	};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
}

function readPort(text: string): number {
	const port = Number(text);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`${text} is not a port`);
	}
	return port;
}

function readDuration(text: string): { min: number; max: number } {
	const found = /^(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?$/.exec(text);
	if (!found) throw new Error(`${text} is neither seconds nor MIN-MAX`);
	const min = Number(found[1]) * 1000;
	return { min, max: found[2] === undefined ? min : Number(found[2]) * 1000 };
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
