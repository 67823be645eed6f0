import type { WorkflowInput, WorkflowNode } from '../../server/n8nClient';
import { inARow } from '../../e2e/money/workflows';
import type { BenchStage } from '../n8n/benchStage';
import { oneItemEach, webTrigger } from '../n8n/workflows';
import { uploadingVendor } from '../../vendors/roles';

export const loopNodes = {
	submit: 'Submit',
	wait: 'Wait',
	poll: 'Poll',
	isDone: 'Is it done?',
	download: 'Download',
} as const;

const headerCredential = 'httpHeaderAuth';
const credentialName = 'Apikley header';

/** Stores the key as tutorials say: a generic header credential. */
export async function createHeaderCredential({ client, sandbox }: BenchStage): Promise<string> {
	const value = `Bearer ${sandbox.settings.apiKey}`;
	return await client.createCredential({
		name: credentialName,
		type: headerCredential,
		data: { name: 'Authorization', value },
	});
}

/**
 * What tutorials teach for an API like this one, with n8n's own nodes: submit → Wait → poll → IF,
 * which leads back to Wait, or on to the download.
 */
export function tutorialLoop(
	{ sandbox }: BenchStage,
	path: string,
	waitSeconds: number,
	credentialId: string,
): WorkflowInput {
	const baseUrl = sandbox.baseUrl(uploadingVendor);
	const credentials = { [headerCredential]: { id: credentialId, name: credentialName } };
	const withKey = { authentication: 'genericCredentialType', genericAuthType: headerCredential };
	const submit = httpRequest(
		loopNodes.submit,
		{
			method: 'POST',
			url: `${baseUrl}/api/v1/jobs/createTask`,
			...withKey,
			sendBody: true,
			specifyBody: 'json',
			jsonBody:
				"={{ { model: 'nano-banana-pro', input: { prompt: $json.prompt, image_input: [], aspect_ratio: '1:1', resolution: '1K', output_format: 'png' } } }}",
		},
		{ credentials },
	);
	const poll = httpRequest(
		loopNodes.poll,
		{
			url: `=${baseUrl}/api/v1/jobs/recordInfo?taskId={{ $json.data.taskId }}`,
			...withKey,
		},
		{ credentials },
	);
	const download = httpRequest(loopNodes.download, {
		url: '={{ JSON.parse($json.data.resultJson).resultUrls[0] }}',
		options: { response: { response: { responseFormat: 'file' } } },
	});
	const row = [webTrigger(path), oneItemEach(), submit, waitFor(waitSeconds), poll, isDone()];
	const workflow = inARow(`Tutorial loop, ${waitSeconds} s`, row);
	const to = (node: string) => [{ node, type: 'main', index: 0 }];
	return {
		...workflow,
		nodes: [...workflow.nodes, { ...download, position: [1400, 0] }],
		connections: {
			...workflow.connections,
			[loopNodes.isDone]: { main: [to(loopNodes.download), to(loopNodes.wait)] },
		},
	};
}

function httpRequest(
	name: string,
	parameters: Record<string, unknown>,
	more: Partial<WorkflowNode> = {},
): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		name,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters,
		...more,
	};
}

function waitFor(amount: number): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		webhookId: crypto.randomUUID(),
		name: loopNodes.wait,
		type: 'n8n-nodes-base.wait',
		typeVersion: 1.1,
		parameters: { resume: 'timeInterval', amount, unit: 'seconds' },
	};
}

function isDone(): WorkflowNode {
	const condition = {
		id: crypto.randomUUID(),
		leftValue: '={{ $json.data.state }}',
		rightValue: 'success',
		operator: { type: 'string', operation: 'equals' },
	};
	return {
		id: crypto.randomUUID(),
		name: loopNodes.isDone,
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: {
			conditions: {
				options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
				conditions: [condition],
				combinator: 'and',
			},
			options: {},
		},
	};
}
