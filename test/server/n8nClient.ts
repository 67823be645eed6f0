import { setTimeout as delay } from 'node:timers/promises';
import { parse as parseFlatted } from 'flatted';
import { request } from 'undici';
import { z } from 'zod';
import {
	credentialTest,
	executionData,
	executionPage,
	executionRecord,
	withId,
	type BinaryEntry,
	type CredentialTest,
	type Execution,
	type ExecutionSummary,
} from './n8nAnswers';

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

export interface CredentialInput {
	name: string;
	type: string;
	data: Record<string, string | number | boolean>;
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
export type { BinaryEntry, CredentialTest, Execution, ExecutionSummary };

interface Call {
	method: 'GET' | 'POST' | 'PATCH';
	path: string;
	body?: unknown;
}

const pollEveryMs = 300;
/** Much longer than any execution takes on a busy machine. */
const patienceMs = 300_000;
/** The answer of a busy n8n that waits for its own database, given before anything else is done. */
const databaseBusy = 'Database is not ready!';
/** What n8n calls an execution that is not over. */
export const unfinishedStates: readonly string[] = ['new', 'running', 'waiting'];

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

	/** Stores changes of a workflow, as saving in the editor does. */
	async updateWorkflow(
		id: string,
		changes: Partial<Pick<WorkflowInput, 'nodes' | 'settings'>>,
	): Promise<void> {
		await this.call({ method: 'PATCH', path: `/rest/workflows/${id}`, body: changes });
	}

	/** Lets the triggers of a workflow start it, as publishing in the editor does. */
	async activateWorkflow(workflow: Workflow): Promise<void> {
		const { versionId } = z.object({ versionId: z.string() }).passthrough().parse(workflow);
		const path = `/rest/workflows/${workflow.id}`;
		// n8n 1 knows one version of a workflow, which is active or not.
		if (!('activeVersionId' in workflow)) {
			await this.call({ method: 'PATCH', path, body: { active: true, versionId } });
			return;
		}
		await this.call({ method: 'POST', path: `${path}/activate`, body: { versionId } });
	}

	/**
	 * Starts a workflow from one of its triggers and answers with the execution's id. With `json` the
	 * trigger does not wait for a call: this is what came, as the editor's chat does it.
	 */
	async runWorkflow(
		workflow: Workflow,
		trigger: string,
		json?: Readonly<Record<string, unknown>>,
	): Promise<string> {
		const data = {
			startTime: Date.now(),
			executionTime: 0,
			executionIndex: 0,
			executionStatus: 'success',
			source: [null],
			data: { main: [[{ json }]] },
		};
		const started = await this.call({
			method: 'POST',
			path: `/rest/workflows/${workflow.id}/run`,
			// n8n 1 runs the workflow that it is sent, n8n 2 the one that it has stored.
			body: {
				workflowData: workflow,
				triggerToStartFrom: { name: trigger, ...(json === undefined ? {} : { data }) },
			},
		});
		return z.object({ executionId: z.string() }).parse(started).executionId;
	}

	/** Has a trigger wait for one call of its test URL, as "Listen for test event" does. */
	async listenForTest(workflow: Workflow, trigger: string): Promise<void> {
		const listening = await this.call({
			method: 'POST',
			path: `/rest/workflows/${workflow.id}/run`,
			body: { workflowData: workflow, triggerToStartFrom: { name: trigger } },
		});
		z.object({ waitingForWebhook: z.literal(true) }).parse(listening);
	}

	async waitForExecution(id: string, timeoutMs = patienceMs): Promise<Execution> {
		const deadline = Date.now() + timeoutMs;
		for (;;) {
			const { status, data } = await this.readRecord(id);
			// n8n 1 says how an execution ended a moment before it has saved what came of it.
			if (!unfinishedStates.includes(status) && data !== undefined) {
				return { id, status, ...executionData.parse(data) };
			}
			if (Date.now() > deadline) {
				throw new Error(`Execution ${id} was still ${status} after ${timeoutMs} ms`);
			}
			await delay(pollEveryMs);
		}
	}

	/** An execution as far as n8n has saved it. */
	async readExecution(id: string): Promise<Execution> {
		const { status, data } = await this.readRecord(id);
		// Until it has been saved there is nothing of it.
		const saved = z.object({}).passthrough().nullish().parse(data);
		return { id, status, ...executionData.parse({ resultData: {}, ...saved }) };
	}

	/** What n8n calls the state of an execution. */
	async readStatus(id: string): Promise<string> {
		return (await this.readRecord(id)).status;
	}

	/** All that n8n tells of an execution, as it comes over the line. */
	async readExecutionText(id: string): Promise<string> {
		const { bytes } = await this.send({ method: 'GET', path: `/rest/executions/${id}` });
		return bytes.toString('utf8');
	}

	/** The ids of all executions that n8n lists, or of those of one workflow; newest first. */
	async listExecutions(workflowId?: string): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const listed = await this.call({
			method: 'GET',
			path: `/rest/executions?filter=${filter}&limit=100`,
		});
		return z
			.object({ results: z.array(z.object({ id: z.string() })) })
			.parse(listed)
			.results.map(({ id }) => id);
	}

	/**
	 * All executions of one workflow, whatever became of them. n8n lists at most 100, the latest start
	 * first, but its cursor asks for smaller ids than the last one's: where workers start executions out
	 * of order some are skipped, some come twice. So the pages are told apart by the time instead.
	 */
	async executionsOf(workflowId: string): Promise<ExecutionSummary[]> {
		const found = new Map<string, ExecutionSummary>();
		let startedBefore: string | undefined;
		for (;;) {
			const filter = JSON.stringify({ workflowId, startedBefore });
			const query = new URLSearchParams({ filter, limit: '100' });
			const listed = await this.call({
				method: 'GET',
				path: `/rest/executions?${query.toString()}`,
			});
			const { results } = executionPage.parse(listed);
			const before = found.size;
			for (const execution of results) found.set(execution.id, execution);
			startedBefore = results.at(-1)?.startedAt ?? undefined;
			if (found.size === before || startedBefore === undefined) return [...found.values()];
		}
	}

	async stopExecution(id: string): Promise<void> {
		await this.call({ method: 'POST', path: `/rest/executions/${id}/stop` });
	}

	/**
	 * Runs a failed execution once more from the node that failed and waits until it has ended; with
	 * the workflow as it is saved now, or as it was then.
	 */
	async retryExecution(id: string, workflow: 'saved' | 'original'): Promise<Execution> {
		const retried = await this.call({
			method: 'POST',
			path: `/rest/executions/${id}/retry`,
			body: { loadWorkflow: workflow === 'saved' },
		});
		return await this.readExecution(withId.parse(retried).id);
	}

	/** Calls the production webhook of an active workflow. */
	async callWebhook(path: string): Promise<void> {
		await this.send({ method: 'GET', path: `/webhook/${path}` });
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

	private async readRecord(id: string): Promise<{ status: string; data: unknown }> {
		const answer = await this.call({ method: 'GET', path: `/rest/executions/${id}` });
		const { status, data } = executionRecord.parse(answer);
		return { status, data: parseFlatted(data) as unknown };
	}

	private async call(call: Call): Promise<unknown> {
		const { bytes } = await this.send(call);
		const answer: unknown = JSON.parse(bytes.toString('utf8'));
		return z.object({ data: z.unknown() }).parse(answer).data;
	}

	private async send(call: Call): Promise<{ bytes: Buffer }> {
		const deadline = Date.now() + patienceMs;
		for (;;) {
			const { statusCode, bytes } = await this.sendOnce(call);
			if (statusCode < 400) return { bytes };
			const text = bytes.toString('utf8').slice(0, 500);
			const isBusy = statusCode === 503 && text.includes(databaseBusy);
			if (!isBusy || Date.now() > deadline) {
				throw new Error(`${call.method} ${call.path} was answered ${statusCode}: ${text}`);
			}
			await delay(pollEveryMs);
		}
	}

	private async sendOnce(call: Call): Promise<{ statusCode: number; bytes: Buffer }> {
		const response = await request(this.url + call.path, {
			method: call.method,
			// n8n closes idle connections after some seconds, which a busy process learns too late.
			reset: true,
			headers: {
				cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
				...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
		});
		this.keepCookies(response.headers['set-cookie']);
		const bytes = Buffer.from(await response.body.arrayBuffer());
		return { statusCode: response.statusCode, bytes };
	}

	private keepCookies(lines: string | string[] | undefined): void {
		for (const line of [lines ?? []].flat()) {
			const [pair = ''] = line.split(';');
			const [name = '', ...value] = pair.split('=');
			this.cookies.set(name.trim(), value.join('='));
		}
	}
}
