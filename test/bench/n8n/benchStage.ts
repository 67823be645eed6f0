import { startSandbox, vendorIds, type Sandbox } from '../../sandbox';
import { atTheEnd } from '../../server/endings';
import { newest } from '../../server/releases';
import { setTheStage, type Stage } from '../../server/stage';

/** A real n8n and a sandbox whose tasks take as long as each measurement says. */
export interface BenchStage extends Stage {
	sandbox: Sandbox;
	/** Says how long the task of each prompt takes; for any other prompt it is a moment. */
	setLengths(lengthsMs: ReadonlyMap<string, number>): void;
	close(): Promise<void>;
}

const otherLengthMs = 500;
const plentyOfCredit = 1e12;

/** Starts both. The pictures are plain ones, so that drawing them costs the sandbox nothing. */
export async function openBenchStage(furtherPackages: readonly string[] = []): Promise<BenchStage> {
	const sandbox = await startSandbox({
		flatPictures: true,
		taskDurationMs: otherLengthMs,
		balances: Object.fromEntries(vendorIds.map((vendor) => [vendor, plentyOfCredit])),
	});
	const closeSandbox = atTheEnd(() => sandbox.close());
	const stage = await setTheStage(newest, sandbox, furtherPackages);
	const lengths = new Map<string, number>();
	sandbox.settings.taskDurationMs = ({ prompt }) => lengths.get(prompt) ?? otherLengthMs;
	return {
		...stage,
		sandbox,
		setLengths: (lengthsMs) => {
			for (const [prompt, lengthMs] of lengthsMs) lengths.set(prompt, lengthMs);
		},
		close: async () => {
			await stage.server.stop();
			await closeSandbox();
		},
	};
}
