import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { vendorIds, type VendorId } from '../sandbox';
import type { N8nClient, Workflow, WorkflowInput } from './n8nClient';
import { projectFolder } from './paths';

/** One node of the demo: which vendor it asks, and which credential it wants. */
export interface DemoNode {
	name: string;
	vendor: VendorId;
	credentialType: string;
	credentialName: string;
}

/** The node type as users have it, which a package installed any other way would not give. */
export const nodeType = 'n8n-nodes-nano-banana-vendors.nanoBanana';
export const demoTrigger = 'Start';

const demoFile = join(projectFolder, 'examples', 'demo.json');
const demoCredentials = z.record(z.string(), z.object({ name: z.string() }));

/** Reads the workflow that people import, unchanged. */
export function readDemo(): WorkflowInput {
	return JSON.parse(readFileSync(demoFile, 'utf8')) as WorkflowInput;
}

/** The nodes of the demo that make images, in their order. */
export function demoNodes(demo: WorkflowInput): DemoNode[] {
	return demo.nodes
		.filter((node) => node.type === nodeType)
		.map((node) => {
			const [credential] = Object.entries(demoCredentials.parse(node.credentials));
			if (credential === undefined) throw new Error(`${node.name} names no credential`);
			return {
				name: node.name,
				vendor: z
					.string()
					.refine((id) => vendorIds.includes(id))
					.parse(node.parameters['vendor']),
				credentialType: credential[0],
				credentialName: credential[1].name,
			};
		});
}

/**
 * Stores the demo in n8n with the ids of its credentials, which a file that is shared cannot know.
 * `credentialIds` goes from type to id.
 */
export async function createDemo(
	client: N8nClient,
	credentialIds: ReadonlyMap<string, string>,
): Promise<Workflow> {
	const demo = readDemo();
	for (const node of demo.nodes) {
		for (const [type, credential] of Object.entries(node.credentials ?? {})) {
			credential.id = credentialIds.get(type) ?? null;
		}
	}
	return client.createWorkflow(demo);
}
