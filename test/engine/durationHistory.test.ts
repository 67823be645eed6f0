import './harness/environment';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../sandbox';
import { runWorkflow, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;

sandboxForFile({ flatPictures: true }, (started) => {
	sandbox = started;
});

/** What n8n calls the data that a node keeps. */
const ofNode = 'node:Nano Banana';

interface Kept {
	readonly taskDurationsMs: Readonly<Record<string, readonly number[]>>;
}

/** The durations that are kept, by kind. */
function kinds(staticData: IDataObject | undefined): Kept['taskDurationsMs'] {
	return (staticData?.[ofNode] as unknown as Kept).taskDurationsMs;
}

function staticDataWith(taskDurationsMs: unknown): IDataObject {
	return { [ofNode]: { taskDurationsMs }, 'node:Poll': { cursor: 7 } };
}

/** One execution of three items; with `pollInterval` 0 it looks where it believes the tasks to end. */
async function execute(
	staticData: IDataObject | undefined,
	pollInterval: number,
	changes: INodeParameters = {},
	items: readonly IDataObject[] = [{}, {}, {}],
): Promise<RunResult> {
	const { options, ...others } = changes;
	const result = await runWorkflow({
		parameters: imageParameters('apikley', 'generate', {
			...others,
			options: { download: false, ...(options as INodeParameters), pollInterval },
		}),
		credentials: credentialFor(sandbox, 'apikley'),
		items: items.map((json) => ({ json })),
		...(staticData === undefined ? {} : { staticData }),
	});
	expect(result.error).toBeUndefined();
	expect(result.items.map(({ json }) => json.state)).toEqual(items.map(() => 'succeeded'));
	return result;
}

const pollsIn = ({ items }: RunResult): number =>
	items.reduce((sum, { json }) => sum + (json.polls as number), 0);
/** How old each task was when it was first looked at. */
const firstLooksOf = ({ items }: RunResult): number[] =>
	items.map(({ json }) => {
		const { id, submittedAt } = sandbox.ledger.task(json.taskId as string);
		const firstLook = sandbox.ledger.polls.find(({ taskId }) => taskId === id);
		return (firstLook?.at ?? 0) - submittedAt;
	});

it('makes the next execution look less often, since it knows where tasks end', async () => {
	sandbox.settings.taskDurationMs = 5_500;
	const first = await execute(undefined, 0);
	const second = await execute(first.savedStaticData, 0);

	expect(pollsIn(second)).toBeLessThan(pollsIn(first));
});

it('makes the next execution look sooner where tasks are quick', async () => {
	sandbox.settings.taskDurationMs = 800;
	const { savedStaticData } = await execute(undefined, 0.1);
	const [knowing, unknowing] = await Promise.all([
		execute(savedStaticData, 0),
		execute(undefined, 0),
	]);

	expect(Math.max(...firstLooksOf(knowing))).toBeLessThan(Math.min(...firstLooksOf(unknowing)));
});

it.each(vendorCases)('is learned from tasks of $vendor.displayName', async ({ id, vendor }) => {
	const { error, savedStaticData } = await runWorkflow({
		parameters: imageParameters(id, 'generate', { options: { download: false } }),
		credentials: credentialFor(sandbox, id),
	});
	expect(error).toBeUndefined();
	const [[kind, durations] = ['', []], ...others] = Object.entries(kinds(savedStaticData));
	expect(kind).toContain(vendor.id);
	expect(durations).toEqual([expect.any(Number)]);
	expect(others).toEqual([]);
});

it('counts from the send of the submit, as the looks do', async () => {
	// Within reach of the first look, after 4 s: what the vendor tells is believed then.
	sandbox.settings.taskDurationMs = 3_500;
	sandbox.faults.add({ vendor: 'apikley', verb: 'submit', fault: 'slowAnswer', ms: 1_000 });
	const { savedStaticData } = await execute(undefined, 0, {}, [{}]);

	const [learned] = Object.values(kinds(savedStaticData));
	const { submittedAt = 0, completedAt = 0 } = sandbox.ledger.tasks[0] ?? {};
	// Until the look that found it at most, which is sooner than the answer's second later.
	expect(learned?.[0]).toBeGreaterThan(completedAt - submittedAt + 250);
	expect(learned?.[0]).toBeLessThan(completedAt - submittedAt + 1_000);
});

describe('kinds of tasks', () => {
	it('are apart: what is known of one size says nothing of another', async () => {
		sandbox.settings.taskDurationMs = 800;
		const { savedStaticData } = await execute(undefined, 0.1, { resolution: '1K' });
		const sizes = ['2K', '1K'];
		const { savedStaticData: saved } = await execute(
			savedStaticData,
			0,
			{ resolution: '={{ $json.size }}', prompt: '={{ $json.size }}' },
			sizes.map((size) => ({ size })),
		);

		// The first look at the new size comes when both tasks have long ended.
		const lookedAt = sandbox.ledger.polls.slice(-2).map(({ taskId }) => taskId);
		expect(lookedAt.map((taskId) => sandbox.ledger.task(taskId).prompt)).toEqual(['1K', '2K']);
		const counts = Object.entries(kinds(saved)).map(([kind, { length }]) => [
			kind.slice(-2),
			length,
		]);
		expect(Object.fromEntries(counts)).toEqual({ '1K': 4, '2K': 1 });
	});

	it('are no more than 20, the latest, whatever an expression brings', async () => {
		const models = Array.from({ length: 25 }, (_, index) => `model-${index + 1}`);
		sandbox.settings.extraModels = { apikley: models };
		const executeWith = async (some: readonly string[], staticData?: IDataObject) =>
			await execute(
				staticData,
				0.1,
				{ options: { customModel: '={{ $json.model }}', maxTasksAtOnce: 1 } },
				some.map((model) => ({ model })),
			);
		const early = await executeWith(models.slice(0, 15));
		const late = await executeWith(models.slice(15), early.savedStaticData);

		expect(Object.keys(kinds(early.savedStaticData))).toHaveLength(15);
		const kept = Object.keys(kinds(late.savedStaticData));
		expect(kept).toHaveLength(20);
		for (const model of models.slice(-20)) {
			expect(kept.filter((kind) => kind.split(' ').includes(model))).toHaveLength(1);
		}
	});
});

describe('garbage in the static data', () => {
	const garbage = [null, 'text', 7, true, [], ['a'], {}, { x: 1 }, [[1, 2]]];
	const inKind = [[null, '900', -5, 0, {}, [1]], [{}], ['900', '900', '900']];

	it('does no harm, and is gone after the execution', async () => {
		const { savedStaticData } = await execute(undefined, 0.1, {}, [{}]);
		const [kind = ''] = Object.keys(kinds(savedStaticData));
		const harmful = [...garbage, ...[...garbage, ...inKind].map((bad) => ({ [kind]: bad }))];
		for (const bad of harmful) {
			const { savedStaticData: saved } = await execute(staticDataWith(bad), 0.1, {}, [{}]);
			expect([bad, kinds(saved)[kind]]).toEqual([bad, [expect.any(Number)]]);
		}
	});
});

describe('the static data of the workflow', () => {
	/** Around a task of 15 s there is room enough for a slow machine. */
	const usual = Array.from({ length: 21 }, (_, index) => 10_000 + index * 500);

	it('is left alone by an execution that has learned nothing new', async () => {
		sandbox.settings.taskDurationMs = 15_000;
		const { savedStaticData } = await execute(undefined, 1, {}, [{}]);
		const [kind = ''] = Object.keys(kinds(savedStaticData));

		const again = await execute(staticDataWith({ [kind]: usual }), 1);
		expect(again.savedStaticData).toBeUndefined();

		sandbox.settings.taskDurationMs = 35_000;
		const slower = await execute(staticDataWith({ [kind]: usual }), 1);
		expect(slower.savedStaticData).toMatchObject({ 'node:Poll': { cursor: 7 } });
		expect(kinds(slower.savedStaticData)[kind]).toHaveLength(usual.length + 3);
	});

	it('is left alone where no task brought an image, and where none was awaited', async () => {
		sandbox.faults.add({ fault: 'taskFails', times: 1 });
		const run = async (changes: INodeParameters) =>
			await runWorkflow({
				parameters: imageParameters('apikley', 'generate', changes),
				credentials: credentialFor(sandbox, 'apikley'),
			});
		const failed = await run({});
		expect(failed.error?.message).toContain('Apikley');
		expect(failed.savedStaticData).toBeUndefined();

		const submitted = await run({ completion: 'submit' });
		expect(submitted.items[0]?.json.taskId).toBeDefined();
		expect(submitted.savedStaticData).toBeUndefined();
	});
});
