import { startSandbox, type Sandbox, type SandboxSettings, type VendorId } from '../../sandbox';
import { atTheEnd } from '../../server/endings';
import type { Execution, N8nClient, WorkflowInput } from '../../server/n8nClient';
import type { N8nServer } from '../../server/n8nServer';
import type { Stage } from '../../server/stage';
import { startNode, type CredentialReferences } from './workflows';

/** A real n8n whose purchases are counted: the sandbox is its own and keeps its ledger to the end. */
export interface MoneyStage {
	server: N8nServer;
	client: N8nClient;
	sandbox: Sandbox;
	credentials: ReadonlyMap<VendorId, CredentialReferences>;
}

/** Not like any other word, so that finding it anywhere means that it leaked. */
const apiKey = 'money-key-7d2f9c41b8e35a60';

/** Gives a running n8n a sandbox of its own and credentials with a key that is seen nowhere else. */
export async function openMoneyStage(stage: Stage): Promise<MoneyStage> {
	const sandbox = await startSandbox({ apiKey });
	atTheEnd(() => sandbox.close());
	const credentials = new Map<VendorId, CredentialReferences>();
	for (const { vendor, credentialType } of stage.nodes) {
		const name = `${vendor} whose purchases are counted`;
		const data = { apiKey, baseUrl: sandbox.baseUrl(vendor) };
		const id = await stage.client.createCredential({ name, type: credentialType, data });
		credentials.set(vendor, { [credentialType]: { id, name } });
	}
	return { server: stage.server, client: stage.client, sandbox, credentials };
}

/**
 * Sets the sandbox for one check: no faults of an earlier one, and how its tasks go. Without a duration
 * they wait for `sandbox.finishTasks()`, so that no check depends on how fast n8n is.
 */
export function arrange(
	{ sandbox }: MoneyStage,
	settings: Partial<Pick<SandboxSettings, 'taskDurationMs' | 'queuedShare'>> = {},
): void {
	sandbox.faults.clear();
	const usual = { taskDurationMs: Number.POSITIVE_INFINITY, queuedShare: 0.25 };
	Object.assign(sandbox.settings, { ...usual, ...settings });
}

/** The credential of a vendor, as a node names it. */
export function credentialsFor(money: MoneyStage, vendor: VendorId): CredentialReferences {
	const found = money.credentials.get(vendor);
	if (found === undefined) throw new Error(`There is no credential for ${vendor}`);
	return found;
}

/** Stores a workflow, runs it by hand and waits until it has ended. */
export async function runToItsEnd(
	{ client }: MoneyStage,
	input: WorkflowInput,
): Promise<{ execution: Execution; workflowId: string }> {
	const workflow = await client.createWorkflow(input);
	const id = await client.runWorkflow(workflow, startNode);
	const execution = await client.waitForExecution(id);
	return { execution, workflowId: workflow.id };
}
