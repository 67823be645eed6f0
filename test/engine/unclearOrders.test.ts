import './harness/environment';

import type { INodeExecutionData, IRun } from 'n8n-workflow';

import type { FaultName, Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { picture } from './harness/pictures';
import { aged, retryExecution } from './harness/savedExecution';
import { runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { callingCases, credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

const idempotent = vendorCases.filter(({ vendor }) => vendor.submitIsIdempotent);
const others = vendorCases.filter(({ vendor }) => !vendor.submitIsIdempotent);

/** What a gateway says although the vendor behind it has taken the task: all answers of a try are lost. */
const loseAnswer = (times = 1) =>
	sandbox.faults.add({ verb: 'submit', fault: 'gatewayTimeoutAfterTaken', times });

/** So short that a try ends with its first answer. */
const options = { timeout: 1 };

const submits = () => sandbox.ledger.requests.filter(({ verb }) => verb === 'submit');
const keys = () => [...new Set(submits().map(({ headers }) => headers['idempotency-key']))];
const bodies = () => [...new Set(submits().map(({ body }) => JSON.stringify(body)))];

const failedIn = ({ errorItems }: RunResult): INodeExecutionData | undefined => errorItems[0];

const expectUnclear = (result: RunResult): void => {
	expect(result.items).toEqual([]);
	expect(errorOf(failedIn(result))).toMatchObject({
		code: 'submitUnknown',
		retryElsewhere: false,
		resumable: false,
	});
};

const refusals: readonly FaultName[] = [
	'conflict',
	'insufficientCredit',
	'unauthorized',
	'forbidden',
	'badRequest',
	'contentRejected',
	'rateLimited',
	'unavailable',
];

describe.each(idempotent)('$vendor.displayName, which knows an order by its key', ({ id }) => {
	const workflow = (more: Partial<RunOptions> = {}): RunOptions => ({
		parameters: imageParameters(id, 'generate', {
			prompt: '={{ $json.prompt }} {{ Math.random() }}',
			options,
		}),
		credentials: credentialFor(sandbox, id),
		items: [{ json: { prompt: 'one' } }],
		onError: 'continueErrorOutput',
		...more,
	});
	const again = async (before: RunResult | IRun, more: Partial<RunOptions> = {}) =>
		await runWorkflow(workflow({ retryOf: 'run' in before ? before.run : before, ...more }));

	it.each(refusals)('stays unclear when a later try is told %s', async (refusal) => {
		loseAnswer();
		const first = await runWorkflow(workflow());
		expectUnclear(first);

		sandbox.faults.add({ verb: 'submit', fault: refusal, taken: false });
		const second = await again(first);
		expectUnclear(second);
		const third = await again(second);
		expectUnclear(third);

		sandbox.faults.clear();
		const fourth = await again(third);
		expect(fourth.items.map(({ json }) => json.taskId)).toEqual([sandbox.ledger.tasks[0]?.id]);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(keys()).toHaveLength(1);
		expect(bodies()).toHaveLength(1);
	});

	it.each(refusals)('is bought once by Retry On Fail when a try is told %s', async (refusal) => {
		loseAnswer();
		sandbox.faults.add({ verb: 'submit', fault: refusal, taken: false, times: 1 });

		const { items, error } = await runWorkflow({
			...workflow({ retryOnFail: true }),
			onError: 'stopWorkflow',
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.taskId)).toEqual([sandbox.ledger.tasks[0]?.id]);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(keys()).toHaveLength(1);
	});

	it.each(['conflict', 'unauthorized'] as const)(
		'is bought once by "Retry" of an execution that was told %s in between',
		async (refusal) => {
			const stopping: RunOptions = { ...workflow(), onError: 'stopWorkflow' };
			loseAnswer();
			const first = await runWorkflow(stopping);
			expect(first.error?.message).toContain('not known whether the task was taken');

			const fault = sandbox.faults.add({ verb: 'submit', fault: refusal, taken: false });
			const second = await retryExecution(stopping, first.run);
			expect(second.error?.message).toContain('not known whether the task was taken');

			sandbox.faults.clear(fault);
			const third = await retryExecution(stopping, second.run);
			expect(third.error).toBeUndefined();
			expect(third.items).toHaveLength(1);
			expect(sandbox.ledger.tasks).toHaveLength(1);
			expect([keys().length, bodies().length]).toEqual([1, 1]);
		},
	);

	it('sends the very same addresses of uploaded files', async () => {
		const edit = {
			parameters: imageParameters(id, 'edit', { options }),
			items: [
				{
					json: { prompt: 'one' },
					binary: { data: { bytes: await picture(), mediaType: 'image/png' } },
				},
			],
		};
		loseAnswer();
		const first = await runWorkflow({ ...workflow(edit), onError: 'stopWorkflow' });
		const refusal = sandbox.faults.add({ verb: 'submit', fault: 'conflict', taken: false });
		const second = await retryExecution({ ...workflow(edit), onError: 'stopWorkflow' }, first.run);
		sandbox.faults.clear(refusal);

		const third = await retryExecution({ ...workflow(edit), onError: 'stopWorkflow' }, second.run);

		expect(third.error).toBeUndefined();
		expect(third.items).toHaveLength(1);
		expect(sandbox.ledger.uploads).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect([keys().length, bodies().length]).toEqual([1, 1]);
	});

	it('is sent again within 24 hours of its first send, and then no more', async () => {
		loseAnswer();
		const first = await runWorkflow(workflow());
		sandbox.faults.add({ verb: 'submit', fault: 'unauthorized', taken: false });

		const halfADayLater = await again(aged(first.run, 13));
		expectUnclear(halfADayLater);
		expect(submits()).toHaveLength(2);

		sandbox.faults.clear();
		const aDayLater = await again(aged(halfADayLater.run, 13));
		expectUnclear(aDayLater);
		expect(submits()).toHaveLength(2);
		expect(sandbox.ledger.tasks).toHaveLength(1);

		const inTime = await again(aged(first.run, 23));
		expect(inTime.items.map(({ json }) => json.taskId)).toEqual([sandbox.ledger.tasks[0]?.id]);
		expect([keys().length, bodies().length]).toEqual([1, 1]);
	});

	it.each(refusals.slice(0, 3))(
		'keeps its part of Max Cost when it is told %s',
		async (refusal) => {
			const limited = workflow({
				parameters: imageParameters(id, 'generate', {
					prompt: '={{ $json.prompt }}',
					options: { timeout: 2, maxTasksAtOnce: 1, maxCost: 16 },
				}),
				items: ['one', 'two', 'three'].map((prompt) => ({ json: { prompt } })),
			});
			const lost = sandbox.faults.add({
				...{ verb: 'submit', fault: 'gatewayTimeoutAfterTaken' },
				match: { prompt: 'two' },
			});
			const first = await runWorkflow(limited);
			const codes = ({ errorItems }: RunResult) => errorItems.map((item) => errorOf(item)?.code);
			expect(codes(first)).toEqual(['submitUnknown', 'insufficientCredit']);
			sandbox.faults.clear(lost);
			sandbox.faults.add({
				verb: 'submit',
				fault: refusal,
				taken: false,
				match: { prompt: 'two' },
			});

			const second = await runWorkflow({ ...limited, retryOf: first.run });
			expect(codes(second)).toEqual(['submitUnknown', 'insufficientCredit']);
			sandbox.faults.clear();
			const third = await runWorkflow({ ...limited, retryOf: second.run });

			expect(codes(third)).toEqual(['insufficientCredit']);
			expect(third.items).toHaveLength(2);
			expect(sandbox.ledger.tasks.map(({ prompt }) => prompt)).toEqual(['one', 'two']);
		},
	);
});

describe.each(others)('$vendor.displayName, which knows no keys', ({ id }) => {
	const workflow = (more: Partial<RunOptions> = {}): RunOptions => ({
		parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}', options }),
		credentials: credentialFor(sandbox, id),
		items: [{ json: { prompt: 'one' } }],
		onError: 'continueErrorOutput',
		...more,
	});

	it('never sends an unclear submit again, whatever comes later', async () => {
		sandbox.faults.add({ verb: 'submit', fault: 'droppedAfterTaken', times: 1 });
		const first = await runWorkflow(workflow({ retryOnFail: true }));
		expectUnclear(first);

		const second = await runWorkflow(workflow({ retryOf: first.run }));
		const otherKey = credentialFor(sandbox, id, { apiKey: 'a-key-that-nobody-knows' });
		const third = await runWorkflow(workflow({ retryOf: second.run, credentials: otherKey }));
		const fourth = await runWorkflow(workflow({ retryOf: aged(third.run, 48) }));

		for (const later of [second, third, fourth]) expectUnclear(later);
		expect(submits()).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it.each(['gatewayTimeoutAfterTaken', 'brokenJson', 'droppedMidAnswer'] as const)(
		'nor after %s, by "Retry"',
		async (fault) => {
			const stopping: RunOptions = { ...workflow(), onError: 'stopWorkflow' };
			sandbox.faults.add({ verb: 'submit', fault, times: 1 });
			const first = await runWorkflow(stopping);
			const second = await retryExecution(stopping, first.run);

			expect(second.error?.message).toContain('not known whether the task was taken');
			expect(submits()).toHaveLength(1);
		},
	);
});

describe.each(vendorCases)(
	'$vendor.displayName, whose credential has lost its key',
	({ id, vendor }) => {
		const workflow = (more: Partial<RunOptions> = {}): RunOptions => ({
			parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}', options }),
			credentials: credentialFor(sandbox, id),
			items: [{ json: { prompt: 'one' } }],
			onError: 'continueErrorOutput',
			...more,
		});
		const keyless = () => credentialFor(sandbox, id, { apiKey: '' });

		it('sends nobody elsewhere with an order that is unclear', async () => {
			const fault = vendor.submitIsIdempotent ? 'gatewayTimeoutAfterTaken' : 'droppedAfterTaken';
			sandbox.faults.add({ verb: 'submit', fault, times: 1 });
			const first = await runWorkflow(workflow());

			const second = await runWorkflow(workflow({ retryOf: first.run, credentials: keyless() }));

			expectUnclear(second);
			expect(errorOf(failedIn(second))?.message).toContain('no API key');
		});

		it('nor with one that is taken, and names its task', async () => {
			sandbox.settings.taskDurationMs = 60_000;
			const first = await runWorkflow(workflow());
			expect(errorOf(failedIn(first))?.code).toBe('timeout');

			const second = await runWorkflow(workflow({ retryOf: first.run, credentials: keyless() }));

			expect(errorOf(failedIn(second))).toMatchObject({
				code: 'authentication',
				taskId: sandbox.ledger.tasks[0]?.id,
				resumable: true,
				retryElsewhere: false,
			});
		});

		it('and may be left for another vendor where nothing was sent', async () => {
			const { errorItems } = await runWorkflow(workflow({ credentials: keyless() }));
			expect(errorOf(errorItems[0])).toMatchObject({ resumable: false, retryElsewhere: true });
		});
	},
);

it('names the task of an item that can no longer be read, by n8n', async () => {
	sandbox.settings.taskDurationMs = 60_000;
	const workflow = (prompt: string): RunOptions => ({
		parameters: imageParameters(uploadingVendor, 'generate', {
			prompt,
			options,
			numberOfImages: 2,
		}),
		credentials: credentialFor(sandbox, uploadingVendor),
		items: [{ json: { prompt: 'one' } }],
		onError: 'continueErrorOutput',
	});
	const first = await runWorkflow(workflow('={{ $json.prompt }}'));

	const broken = workflow('={{ $("A node that is gone").item.json.prompt }}');
	const second = await runWorkflow({ ...broken, retryOf: first.run });

	expect(errorOf(failedIn(second))).toMatchObject({
		taskIds: sandbox.ledger.tasks.map((task) => task.id),
		resumable: true,
		retryElsewhere: false,
	});
	expect(sandbox.ledger.tasks).toHaveLength(2);
});

describe.each(callingCases)('$vendor.displayName, parked', ({ id }) => {
	it('never sends an unclear submit again after "Retry"', async () => {
		const parking: RunOptions = {
			parameters: imageParameters(id, 'generate', {
				prompt: '={{ $json.prompt }}',
				options: { timeout: 1, completion: 'callback' },
			}),
			credentials: credentialFor(sandbox, id),
			items: ['one', 'two'].map((prompt) => ({ json: { prompt } })),
		};
		sandbox.faults.add({
			...{ verb: 'submit', fault: 'droppedAfterTaken', times: 1 },
			match: { prompt: 'two' },
		});
		const first = await runWorkflow(parking);
		expect(first.error?.message).toContain('not known whether the task was taken');

		const second = await retryExecution(parking, first.run);

		expect(second.error?.message).toContain('not known whether the task was taken');
		expect(sandbox.ledger.tasks.filter(({ prompt }) => prompt === 'two')).toHaveLength(1);
		expect(sandbox.ledger.tasks.filter(({ prompt }) => prompt === 'one').length).toBeLessThan(2);
	});
});
