import './environment';

import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type INode,
	type INodeType,
	type IRunExecutionData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { OwnAuthentication } from './ownAuthentication';

export interface CredentialTestResult {
	readonly status: 'OK' | 'Error';
	readonly message: string;
}

interface RequestError {
	readonly message: string;
	readonly cause?: {
		readonly code?: string;
		readonly response?: { readonly status: number; readonly statusText: string };
	};
}

/**
 * Tests a credential as the "Test" button does: the request goes out through the real engine. What is
 * made of the answer is written after n8n's CredentialsTester, which lives in the server: body rules
 * after an answer, status rules after a refusal, where the version hands the status on.
 */
export async function testCredential(
	type: ICredentialType,
	data: ICredentialDataDecryptedObject,
): Promise<CredentialTestResult> {
	const { test } = type;
	if (test === undefined) throw new Error(`${type.name} has no test`);
	const rules = test.rules ?? [];
	let body: unknown;
	try {
		body = await send(type, data);
	} catch (error) {
		const { message, cause } = error as RequestError;
		const status = cause?.response?.status;
		if (status === undefined) return { status: 'Error', message: cause?.code ?? message };
		const rule = rules.find(
			(entry) => entry.type === 'responseCode' && entry.properties.value === status,
		);
		return {
			status: 'Error',
			message: rule?.properties.message ?? cause?.response?.statusText ?? String(status),
		};
	}
	const rule = rules.find(
		(entry) =>
			entry.type === 'responseSuccessBody' &&
			valueAt(body, entry.properties.key) === entry.properties.value,
	);
	return rule === undefined
		? { status: 'OK', message: 'Connection successful!' }
		: { status: 'Error', message: rule.properties.message };
}

/** What lodash's `get` finds, prototypes included, since n8n looks with it. */
function valueAt(body: unknown, key: string): unknown {
	return key
		.split('.')
		.reduce<unknown>(
			(value, name) =>
				value === undefined || value === null
					? undefined
					: (Object(value) as Record<string, unknown>)[name],
			body,
		);
}

async function send(type: ICredentialType, data: ICredentialDataDecryptedObject): Promise<unknown> {
	const credential = { id: '1', name: 'Test', type: type.name, data };
	const node: INode = {
		id: 'test',
		name: 'Test',
		type: 'test.credential',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [type.name]: { id: '1', name: 'Test' } },
	};
	const nodeType = nodeTypeFor(type);
	const nodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const context = new ExecuteContext(
		workflow,
		node,
		{
			credentialsHelper: new OwnAuthentication(type, data),
		} as unknown as IWorkflowExecuteAdditionalData,
		'internal',
		{ resultData: { runData: {} } } as unknown as IRunExecutionData,
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	const answers = await new RoutingNode(context, nodeType, credential).runNode();
	return answers?.[0]?.[0]?.json;
}

function nodeTypeFor(type: ICredentialType): INodeType {
	return {
		description: {
			displayName: 'Test',
			name: 'credential',
			group: ['input'],
			version: 1,
			description: 'Carries the request of a credential test',
			defaults: { name: 'Test' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: type.name, required: true }],
			properties: [
				{
					displayName: 'Test',
					name: 'test',
					type: 'string',
					default: '',
					routing: { request: type.test?.request ?? {} },
				},
			],
		},
	};
}
