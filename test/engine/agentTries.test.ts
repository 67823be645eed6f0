import './harness/environment';

import type { INodeParameters } from 'n8n-workflow';

import type { Sandbox, VendorId } from '../sandbox';
import { runAgent, type AgentOptions, type CallTool } from './harness/agent';
import { runWorkflow, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const agentAt = async (
	id: VendorId,
	talk: (call: CallTool) => Promise<void>,
	more: Partial<AgentOptions> & { readonly changes?: INodeParameters } = {},
) => {
	const { changes, ...options } = more;
	return await runAgent({
		parameters: imageParameters(id, 'generate', {
			prompt: "={{ $fromAI('prompt', 'What the picture shows') }}",
			...changes,
		}),
		credentials: credentialFor(sandbox, id),
		onError: 'stopWorkflow',
		retryOnFail: true,
		talk,
		...options,
	});
};

const lamp = { prompt: 'A lamp' };

/** What the model is told: the answer, or the error's text. */
const told = async (call: CallTool): Promise<string> =>
	await call({ ...lamp }).catch((error: unknown) => String(error));

const taskIdIn = (answer: string) => /"taskId":"([^"]+)"/.exec(answer)?.[1];

const submits = () => sandbox.ledger.requests.filter(({ verb }) => verb === 'submit');

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('downloads a picture again that was paid by an earlier try', async () => {
		sandbox.faults.add({ fault: 'fileNotFound', times: 2 });
		let answer = '';
		const { tries } = await agentAt(id, async (call) => {
			answer = await told(call);
		});

		expect(tries).toEqual(['error', 'error', 'success']);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(taskIdIn(answer)).toBe(sandbox.ledger.tasks[0]?.id);
	});

	it('waits on for a task whose time was up', async () => {
		sandbox.settings.taskDurationMs = 1_500;
		let answer = '';
		const { tries } = await agentAt(
			id,
			async (call) => {
				answer = await told(call);
			},
			{ changes: { options: { timeout: 1 } } },
		);

		expect(tries).toEqual(['error', 'success']);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(taskIdIn(answer)).toBe(sandbox.ledger.tasks[0]?.id);
	});

	it('buys nothing again after an unclear submit', async () => {
		const fault = vendor.submitIsIdempotent ? 'gatewayTimeoutAfterTaken' : 'droppedAfterTaken';
		sandbox.faults.add({ verb: 'submit', fault, times: 1 });
		let answer = '';
		const { tries } = await agentAt(
			id,
			async (call) => {
				answer = await told(call);
			},
			{ changes: { options: { timeout: 1 } } },
		);

		expect(sandbox.ledger.tasks).toHaveLength(1);
		if (vendor.submitIsIdempotent) {
			expect(taskIdIn(answer)).toBe(sandbox.ledger.tasks[0]?.id);
			expect(new Set(submits().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
		} else {
			expect(tries).toEqual(['error', 'error', 'error']);
			expect(answer).toContain('not known whether the task was taken');
			expect(submits()).toHaveLength(1);
		}
	});

	it('makes three pictures of three equal calls, one after another', async () => {
		const answers: string[] = [];
		await agentAt(id, async (call) => {
			for (let calls = 0; calls < 3; calls++) answers.push(await told(call));
		});

		expect(sandbox.ledger.tasks).toHaveLength(3);
		expect(new Set(answers.map(taskIdIn))).toEqual(
			new Set(sandbox.ledger.tasks.map((task) => task.id)),
		);
	});

	it('makes three pictures of three equal calls at the same time', async () => {
		let answers: string[] = [];
		await agentAt(id, async (call) => {
			answers = await Promise.all([told(call), told(call), told(call)]);
		});

		expect(sandbox.ledger.tasks).toHaveLength(3);
		expect(new Set(answers.map(taskIdIn))).toEqual(
			new Set(sandbox.ledger.tasks.map((task) => task.id)),
		);
	});
});

it('makes three of three equal calls at the same time, each of which needs a second try', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', times: 3 });
	let answers: string[] = [];
	await agentAt(uploadingVendor, async (call) => {
		answers = await Promise.all([told(call), told(call), told(call)]);
	});

	expect(sandbox.ledger.tasks).toHaveLength(3);
	expect(new Set(answers.map(taskIdIn))).toEqual(
		new Set(sandbox.ledger.tasks.map((task) => task.id)),
	);
});

it('leaves a call beside an unclear one alone', async () => {
	sandbox.faults.add({ vendor: plainVendor, verb: 'submit', fault: 'droppedAfterTaken', times: 1 });
	let answers: string[] = [];
	await agentAt(plainVendor, async (call) => {
		answers = await Promise.all([told(call), told(call), told(call)]);
	});

	expect(sandbox.ledger.tasks).toHaveLength(3);
	expect(answers.filter((answer) => taskIdIn(answer) !== undefined)).toHaveLength(2);
	expect(answers.filter((answer) => answer.includes('not known whether'))).toHaveLength(1);
});

it('buys once for a call of two pictures, one of which needs a second try', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', times: 1 });
	await agentAt(
		uploadingVendor,
		async (call) => {
			await told(call);
		},
		{ changes: { numberOfImages: 2 } },
	);

	expect(sandbox.ledger.tasks).toHaveLength(2);
});

it('takes other words for another order, also after a failure', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', times: 3 });
	await agentAt(uploadingVendor, async (call) => {
		await told(call);
		await call({ prompt: 'A chair' });
	});

	expect(sandbox.ledger.tasks.map(({ prompt }) => prompt)).toEqual(['A lamp', 'A chair']);
});

it('goes on with its order when the model itself asks again after the last try', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', times: 3 });
	const answers: string[] = [];
	await agentAt(uploadingVendor, async (call) => {
		answers.push(await told(call), await told(call), await told(call));
	});

	expect(answers.map(taskIdIn)).toEqual([
		undefined,
		...sandbox.ledger.tasks.map((task) => task.id),
	]);
	expect(sandbox.ledger.tasks).toHaveLength(2);
});

it('does not tell a call that was made wrong of the order of another', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', times: 1 });
	const answers: string[] = [];
	await agentAt(
		'apikley',
		async (call) => {
			answers.push(await told(call), await call({ prompt: '' }));
		},
		{ onError: 'continueRegularOutput', retryOnFail: false },
	);

	const [failed = '', wrong = ''] = answers;
	expect(failed).toContain(sandbox.ledger.tasks[0]?.id);
	expect(wrong).toContain('"error"');
	expect(wrong).not.toContain(sandbox.ledger.tasks[0]?.id);
	expect(sandbox.ledger.tasks).toHaveLength(1);
});

it('buys nothing again when the failed execution of an agent is retried', async () => {
	sandbox.faults.add({ fault: 'fileNotFound', times: 3 });
	const first = await agentAt(uploadingVendor, async (call) => {
		await call({ ...lamp });
	});
	expect(first.error).toBeDefined();

	let answer = '';
	await agentAt(
		uploadingVendor,
		async (call) => {
			answer = await told(call);
		},
		{ retryOf: first.run },
	);

	expect(taskIdIn(answer)).toBe(sandbox.ledger.tasks[0]?.id);
	expect(sandbox.ledger.tasks).toHaveLength(1);
});

describe('where the engine itself runs the tool, as newer agents let it', () => {
	/** One call: n8n puts the agent's input and an id of the call beside the arguments. */
	const callOf = async (toolCallId: string, earlier?: RunResult) =>
		await runWorkflow({
			parameters: imageParameters(uploadingVendor, 'generate', { prompt: '={{ $json.prompt }}' }),
			credentials: credentialFor(sandbox, uploadingVendor),
			items: [{ json: { chatInput: 'A lamp, please', ...lamp, toolCallId } }],
			asTool: true,
			onError: 'stopWorkflow',
			retryOnFail: true,
			...(earlier === undefined ? {} : { retryOf: earlier.run }),
		});

	it('buys once across the tries of a call, and anew for each equal call', async () => {
		sandbox.faults.add({ fault: 'fileNotFound', times: 2 });
		const first = await callOf('call-1');
		const second = await callOf('call-2', first);

		expect([first, second].map(({ items }) => items[0]?.json.taskId)).toEqual(
			sandbox.ledger.tasks.map(({ id }) => id),
		);
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('goes on with its order when the model itself asks again after the last try', async () => {
		sandbox.faults.add({ fault: 'fileNotFound', times: 3 });
		const first = await callOf('call-1');
		expect(first.error).toBeDefined();
		const second = await callOf('call-2', first);

		expect(second.items[0]?.json.taskId).toBe(sandbox.ledger.tasks[0]?.id);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});
