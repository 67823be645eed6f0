import { binaryDataReady } from './runWorkflow';

import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IWebhookData,
	type IWebhookFunctions,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { NanoBananaTrigger } from '../../../nodes/NanoBanana/NanoBananaTrigger.node';
import { TestCredentialsHelper } from './credentialsHelper';
import { parseBody, webhookCall } from './webhookCall';

export interface EndpointOptions {
	readonly parameters: INodeParameters;
	readonly credentials: Readonly<Record<string, ICredentialDataDecryptedObject>>;
	/** What the database holds of the workflow beside its nodes. */
	readonly database?: { staticData: IDataObject };
	/** Listening for a test event, as the editor does. */
	readonly isTest?: boolean;
}

/** The trigger's webhook in the real engine, behind an address that a vendor can call. */
export interface TriggerEndpoint {
	readonly url: string;
	/** The items of each workflow that was started. */
	readonly started: INodeExecutionData[][];
	/** The webhook calls that have not yet ended. */
	readonly underWay: () => number;
	close(): Promise<void>;
}

const nodeName = 'Nano Banana Trigger';
/** As n8n has it: one instance of each class that it has loaded. */
const nodeType = new NanoBananaTrigger();
let endpoints = 0;

/**
 * Does what the server of n8n does around a trigger's webhook, which n8n-core has no part for: the body
 * is parsed (or refused), static data is read from the database at the call's start and saved whole
 * after it, and items start a workflow.
 */
export async function startTriggerEndpoint(options: EndpointOptions): Promise<TriggerEndpoint> {
	await binaryDataReady;
	const id = `trigger-${++endpoints}`;
	const database = options.database ?? { staticData: {} };
	const started: INodeExecutionData[][] = [];
	let underWay = 0;
	const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = parseBody(await text(request));
		if (body === undefined) {
			response.writeHead(422).end('Failed to parse request body');
			return;
		}
		const workflow = workflowOf(id, options, structuredClone(database.staticData));
		const context = new WebhookContext(
			workflow,
			workflow.getNode(nodeName) as INode,
			additionalData(options, body, response, queryOf(request)),
			options.isTest === true ? 'manual' : 'webhook',
			{ webhookDescription: nodeType.description.webhooks?.[0] } as IWebhookData,
			[],
			null,
		);
		const result = await nodeType.webhook.call(context as unknown as IWebhookFunctions);
		expect(result.noWebhookResponse).toBe(true);
		const { staticData } = workflow;
		if (staticData.__dataChanged === true && options.isTest !== true) {
			database.staticData = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		}
		if (result.workflowData !== undefined) started.push(...result.workflowData);
	};
	const server = createServer((request, response) => {
		underWay++;
		receive(request, response)
			.catch((error: unknown) => {
				// A test that expects nothing to start must not miss this.
				started.push([{ json: { thrown: String(error) } }]);
				if (!response.headersSent) response.writeHead(500).end();
			})
			.finally(() => underWay--);
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/webhook`,
		started,
		underWay: () => underWay,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}

function workflowOf(id: string, options: EndpointOptions, staticData: IDataObject): Workflow {
	const types = Object.keys(options.credentials);
	const node: INode = {
		id,
		name: nodeName,
		type: 'n8n-nodes-nano-banana-vendors.nanoBananaTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: options.parameters,
		credentials: Object.fromEntries(types.map((type) => [type, { id: type, name: type }])),
	};
	return new Workflow({
		id: 'trigger-workflow',
		name: 'Test',
		active: true,
		nodes: [node],
		connections: {},
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
		staticData,
		settings: { executionOrder: 'v1' },
	});
}

function queryOf(request: IncomingMessage): IDataObject {
	return Object.fromEntries(new URL(request.url ?? '/', 'http://n8n').searchParams);
}

function additionalData(
	options: EndpointOptions,
	body: IDataObject,
	response: ServerResponse,
	query: IDataObject,
): IWorkflowExecuteAdditionalData {
	// Only what the engine and the node ask for: the rest belongs to a server.
	return {
		credentialsHelper: new TestCredentialsHelper(options.credentials),
		currentNodeParameters: options.parameters,
		webhookBaseUrl: 'http://127.0.0.1:5678/webhook',
		...webhookCall(body, response, query),
		variables: {},
	} as unknown as IWorkflowExecuteAdditionalData;
}
