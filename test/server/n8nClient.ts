import { setTimeout as delay } from 'node:timers/promises';
import { parse as parseFlatted } from 'flatted';
import { request } from 'undici';
import { z } from 'zod';

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

export interface CredentialInput {
	name: string;
	type: string;
	data: Record<string, string>;
}

export interface WorkflowNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string | null; name: string }>;
	[key: string]: unknown;
}

export interface WorkflowInput {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings: Record<string, unknown>;
	pinData: Record<string, unknown>;
}

export type Workflow = WorkflowInput & { id: string };
export type Execution = z.infer<typeof executionData> & { id: string; status: string };
export type BinaryEntry = z.infer<typeof binaryEntry>;
export type CredentialTest = z.infer<typeof credentialTest>;

interface Call {
	method: 'GET' | 'POST';
	path: string;
	body?: unknown;
}

const lookEveryMs = 300;
const withId = z.object({ id: z.string() }).passthrough();
const credentialTest = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });
const binaryEntry = z
	.object({
		mimeType: z.string(),
		fileName: z.string().optional(),
		fileExtension: z.string().optional(),
		/** Where the server keeps it; without one `data` holds the bytes themselves. */
		id: z.string().optional(),
		data: z.string(),
	})
	.passthrough();
const item = z
	.object({
		json: z.record(z.string(), z.unknown()),
		binary: z.record(z.string(), binaryEntry).optional(),
	})
	.passthrough();
const executionError = z.object({ message: z.string() }).passthrough();
const nodeRun = z
	.object({
		executionStatus: z.string().optional(),
		executionTime: z.number(),
		error: executionError.optional(),
		data: z
			.object({ main: z.array(z.array(item).nullable()) })
			.passthrough()
			.optional(),
	})
	.passthrough();
const executionData = z.object({
	resultData: z
		.object({
			runData: z.record(z.string(), z.array(nodeRun)).default({}),
			error: executionError.optional(),
			lastNodeExecuted: z.string().optional(),
		})
		.passthrough(),
});
const executionRecord = z
	.object({ id: z.union([z.string(), z.number()]), status: z.string(), data: z.string() })
	.passthrough();
const unfinishedStates = ['new', 'running', 'waiting'];

/** Speaks to an n8n as its editor does, with the cookie that the sign-in sets. */
export class N8nClient {
	private readonly cookies = new Map<string, string>();

	constructor(private readonly url: string) {}

	/** Creates the owner of a fresh instance and signs in as such. */
	async setUpOwner(owner: Owner): Promise<void> {
		await this.call({ method: 'POST', path: '/rest/owner/setup', body: owner });
	}

	async createCredential(credential: CredentialInput): Promise<string> {
		const created = await this.call({
			method: 'POST',
			path: '/rest/credentials',
			body: credential,
		});
		return withId.parse(created).id;
	}

	/** Tests a stored credential with other data than was stored, as the editor's dialog does. */
	async testCredential(id: string, credential: CredentialInput): Promise<CredentialTest> {
		const result = await this.call({
			method: 'POST',
			path: '/rest/credentials/test',
			body: { credentials: { id, ...credential } },
		});
		return credentialTest.parse(result);
	}

	async createWorkflow(workflow: WorkflowInput): Promise<Workflow> {
		const created = await this.call({
			method: 'POST',
			path: '/rest/workflows',
			// n8n 1 does not store a workflow that leaves this open.
			body: { ...workflow, active: false },
		});
		return withId.parse(created) as unknown as Workflow;
	}

	/** Starts a workflow from one of its triggers and answers with the execution's id. */
	async runWorkflow(workflow: Workflow, trigger: string): Promise<string> {
		const started = await this.call({
			method: 'POST',
			path: `/rest/workflows/${workflow.id}/run`,
			// n8n 1 runs the workflow that it is sent, n8n 2 the one that it has stored.
			body: { workflowData: workflow, triggerToStartFrom: { name: trigger } },
		});
		return z.object({ executionId: z.string() }).parse(started).executionId;
	}

	async waitForExecution(id: string, timeoutMs: number): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const record = executionRecord.parse(
				await this.call({ method: 'GET', path: `/rest/executions/${id}` }),
			);
			if (!unfinishedStates.includes(record.status)) {
				return {
					id,
					status: record.status,
					...executionData.parse(parseFlatted(record.data)),
				};
			}
			if (Date.now() > deadline) {
				throw new Error(`Execution ${id} was still ${record.status} after ${timeoutMs} ms`);
			}
			await delay(lookEveryMs);
		}
	}

	/** The bytes of an item's binary, wherever this n8n keeps them. */
	async downloadBinary(entry: BinaryEntry): Promise<Buffer> {
		if (entry.id === undefined) return Buffer.from(entry.data, 'base64');
		const query = new URLSearchParams({
			id: entry.id,
			action: 'download',
			fileName: entry.fileName ?? 'file',
			mimeType: entry.mimeType,
		});
		const response = await this.send({
			method: 'GET',
			path: `/rest/binary-data?${query.toString()}`,
		});
		return response.bytes;
	}

	private async call(call: Call): Promise<unknown> {
		const { bytes } = await this.send(call);
		const answer: unknown = JSON.parse(bytes.toString('utf8'));
		return z.object({ data: z.unknown() }).parse(answer).data;
	}

	private async send(call: Call): Promise<{ bytes: Buffer }> {
		const response = await request(this.url + call.path, {
			method: call.method,
			headers: {
				cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
				...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
		});
		this.keepCookies(response.headers['set-cookie']);
		const bytes = Buffer.from(await response.body.arrayBuffer());
		if (response.statusCode >= 400) {
			const text = bytes.toString('utf8').slice(0, 500);
			throw new Error(`${call.method} ${call.path} was answered ${response.statusCode}: ${text}`);
		}
		return { bytes };
	}

	private keepCookies(lines: string | string[] | undefined): void {
		for (const line of [lines ?? []].flat()) {
			const [pair = ''] = line.split(';');
			const [name = '', ...value] = pair.split('=');
			this.cookies.set(name.trim(), value.join('='));
		}
	}
}
