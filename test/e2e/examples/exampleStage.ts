import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { atTheEnd } from '../../server/endings';
import type { CredentialInput, N8nClient, Workflow, WorkflowInput } from '../../server/n8nClient';
import type { N8nServer } from '../../server/n8nServer';
import { projectFolder } from '../../server/paths';
import { sandboxCredential, type Stage } from '../../server/stage';
import { expect } from '../checks';

/**
 * A real n8n with a sandbox for one example alone: the examples run side by side, and each has its own
 * faults and its own ledger.
 */
export interface ExampleStage {
	server: N8nServer;
	client: N8nClient;
	sandbox: Sandbox;
	/** From credential type to id. */
	credentialIds: Map<string, string>;
	/** Every example that was imported, for its picture. */
	onImport: (file: string, workflowId: string) => void;
}

const examplesFolder = join(projectFolder, 'examples');

/** Gives a running n8n a sandbox of its own for one example, and credentials for all five vendors. */
export async function openExampleStage(
	stage: Stage,
	settings: SandboxOptions,
	onImport: ExampleStage['onImport'],
): Promise<ExampleStage> {
	const sandbox = await startSandbox(settings);
	atTheEnd(() => sandbox.close());
	const example: ExampleStage = {
		server: stage.server,
		client: stage.client,
		sandbox,
		credentialIds: new Map(),
		onImport,
	};
	for (const node of stage.nodes) {
		const { credentialType: type, credentialName: name } = node;
		await addCredential(example, { name, type, data: sandboxCredential(sandbox, node) });
	}
	return example;
}

/** Stores a credential that the example's nodes of its type get. */
export async function addCredential(
	{ client, credentialIds }: ExampleStage,
	credential: CredentialInput,
): Promise<void> {
	credentialIds.set(credential.type, await client.createCredential(credential));
}

/** The bytes of a file beside the workflows. */
export function readExampleFile(file: string): Buffer {
	return readFileSync(join(examplesFolder, file));
}

/**
 * Stores the very file that people import. Two things are changed, as whoever imports it has to: the ids
 * of the credentials, and addresses of the world outside (a folder on disk, this n8n's own address),
 * each of which must be there.
 */
export async function importExample(
	example: ExampleStage,
	file: string,
	addresses: Readonly<Record<string, string>> = {},
): Promise<Workflow> {
	let text = readExampleFile(file).toString('utf8');
	for (const [from, to] of Object.entries(addresses)) {
		expect(text.includes(from), `${file} does not have the address ${from}`);
		text = text.replaceAll(from, to);
	}
	const input = JSON.parse(text) as WorkflowInput;
	for (const node of input.nodes) {
		for (const [type, credential] of Object.entries(node.credentials ?? {})) {
			expect(credential.id === null, `${file} has the id of somebody's ${type}`);
			const id = example.credentialIds.get(type);
			expect(id !== undefined, `${file} wants a credential of the type ${type}`);
			credential.id = id;
		}
	}
	const workflow = await example.client.createWorkflow(input);
	example.onImport(file, workflow.id);
	return workflow;
}
