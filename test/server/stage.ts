import { startSandbox, type Sandbox } from '../sandbox';
import { createDemo, demoNodes, readDemo, type DemoNode } from './demoWorkflow';
import { atTheEnd } from './endings';
import { installN8n } from './installN8n';
import { N8nClient, type Owner, type Workflow } from './n8nClient';
import { startN8n, type N8nServer } from './n8nServer';
import type { Release } from './releases';

/** A real n8n, its owner, one sandbox credential for each vendor and the demo workflow. */
export interface Stage {
	server: N8nServer;
	client: N8nClient;
	nodes: DemoNode[];
	workflow: Workflow;
	/** From credential type to id. */
	credentialIds: ReadonlyMap<string, string>;
}

export const owner: Owner = {
	email: 'demo@nano-banana.example',
	firstName: 'Nano',
	lastName: 'Banana',
	password: 'NanoBanana1',
};

const taskDurationMs = { min: 2_000, max: 5_000 };

/** Starts the sandbox, whose tasks take a few seconds, as a person would see them. */
export async function openSandbox(): Promise<Sandbox> {
	const sandbox = await startSandbox({ taskDurationMs });
	atTheEnd(() => sandbox.close());
	return sandbox;
}

/** Installs an n8n where needed, starts it and prepares everything for the demo. */
export async function setTheStage(
	release: Release,
	sandbox: Sandbox,
	furtherPackages: readonly string[] = [],
): Promise<Stage> {
	const installation = await installN8n(release);
	const startedAt = Date.now();
	console.log(`Starting n8n ${installation.version} on Node ${installation.node.version} …`);
	const server = await startN8n(installation, { furtherPackages });
	console.log(`  ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
	const client = new N8nClient(server.url);
	await client.setUpOwner(owner);
	const nodes = demoNodes(readDemo());
	const credentialIds = new Map<string, string>();
	for (const node of nodes) {
		const id = await client.createCredential({
			name: node.credentialName,
			type: node.credentialType,
			data: sandboxCredential(sandbox, node),
		});
		credentialIds.set(node.credentialType, id);
	}
	const workflow = await createDemo(client, credentialIds);
	return { server, client, nodes, workflow, credentialIds };
}

/** What the credential of a vendor holds, so that the sandbox plays this vendor. */
export function sandboxCredential(sandbox: Sandbox, node: DemoNode): Record<string, string> {
	return { apiKey: sandbox.settings.apiKey, baseUrl: sandbox.baseUrl(node.vendor) };
}
