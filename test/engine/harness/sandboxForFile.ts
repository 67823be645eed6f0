import { startSandbox, type Sandbox, type SandboxOptions, type VendorId } from '../../sandbox';
import { runWorkflow, type RunOptions, type RunResult } from './runWorkflow';
import { credentialFor } from './vendors';

/** Runs the node with a good credential of a vendor. */
export type RunAt = (id: VendorId, options: Omit<RunOptions, 'credentials'>) => Promise<RunResult>;

/**
 * Starts one sandbox for all tests of the calling file and ends it after them. After each test it is as
 * new, and no key may have gone anywhere but to its vendor. Hooks of the file that need the sandbox as it
 * was belong before the call.
 */
export function sandboxForFile(
	options: SandboxOptions,
	onStarted: (sandbox: Sandbox) => void,
): RunAt {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox(options);
		onStarted(sandbox);
	});
	afterEach(() => {
		expect(sandbox.ledger.leakedKeys).toEqual([]);
		sandbox.reset();
	});
	afterAll(async () => {
		await sandbox.close();
	});
	return async (id, options) =>
		await runWorkflow({ ...options, credentials: credentialFor(sandbox, id) });
}
