import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { removeStorage } from './runWorkflow';

/**
 * Starts one sandbox for all tests of the calling file and ends it after them, with what n8n has stored.
 * After each test it is as new, and no key may have gone anywhere but to its vendor.
 */
export function sandboxForFile(
	options: SandboxOptions,
	onStarted: (sandbox: Sandbox) => void,
): void {
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
		await removeStorage();
	});
}
