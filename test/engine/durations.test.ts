import './harness/environment';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../sandbox';
import { runWorkflow, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, vendorCases } from './harness/vendors';
import { uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

sandboxForFile({ flatPictures: true }, (started) => {
	sandbox = started;
});

/** What one test has taught the process says nothing to the next: each has a model of its own. */
let models = 0;
const newModel = (): string => `model-${++models}`;

/** One execution of three items; with `pollInterval` 0 it polls when it believes the tasks to end. */
async function execute(
	model: string,
	pollInterval: number,
	changes: INodeParameters = {},
	items: readonly IDataObject[] = [{}, {}, {}],
): Promise<RunResult> {
	sandbox.settings.extraModels = { apikley: [model] };
	const { options, ...others } = changes;
	const result = await runWorkflow({
		parameters: imageParameters(uploadingVendor, 'generate', {
			...others,
			options: {
				download: false,
				simplify: false,
				customModel: model,
				...(options as INodeParameters),
				pollInterval,
			},
		}),
		credentials: credentialFor(sandbox, uploadingVendor),
		items: items.map((json) => ({ json })),
	});
	expect(result.error).toBeUndefined();
	expect(result.items.map(({ json }) => json.state)).toEqual(items.map(() => 'succeeded'));
	return result;
}

const pollsIn = ({ items }: RunResult): number =>
	items.reduce((sum, { json }) => sum + (json.polls as number), 0);

/** How old each task was when it was first polled. */
const firstPollsOf = ({ items }: RunResult): number[] =>
	items.map(({ json }) => {
		const { id, submittedAt } = sandbox.ledger.task(json.taskId as string);
		const first = sandbox.ledger.polls.find(({ taskId }) => taskId === id);
		return (first?.at ?? 0) - submittedAt;
	});

it('makes the next execution poll less often, a manual one too, since it knows where tasks end', async () => {
	sandbox.settings.taskDurationMs = 15_000;
	const model = newModel();
	const first = await execute(model, 0);
	const second = await execute(model, 0);

	expect(pollsIn(second)).toBeLessThan(pollsIn(first));
});

it('makes the next execution poll sooner where tasks are quick', async () => {
	sandbox.settings.taskDurationMs = 800;
	const model = newModel();
	await execute(model, 0.1);
	const knowing = await execute(model, 0);
	const unknowing = await execute(newModel(), 0);

	expect(Math.max(...firstPollsOf(knowing))).toBeLessThan(Math.min(...firstPollsOf(unknowing)));
});

it('knows one size by itself: what is known of another says nothing of it', async () => {
	sandbox.settings.taskDurationMs = 800;
	const model = newModel();
	await execute(model, 0.1, { resolution: '1K' });
	const known = await execute(model, 0, { resolution: '1K' });
	const other = await execute(model, 0, { resolution: '2K' });

	expect(Math.max(...firstPollsOf(known))).toBeLessThan(Math.min(...firstPollsOf(other)));
});

it('learns nothing from a task that brought no image', async () => {
	sandbox.settings.taskDurationMs = 800;
	const model = newModel();
	sandbox.settings.extraModels = { apikley: [model] };
	sandbox.faults.add({ fault: 'taskFails', times: 3 });
	await runWorkflow({
		parameters: imageParameters(uploadingVendor, 'generate', { options: { customModel: model } }),
		credentials: credentialFor(sandbox, uploadingVendor),
		items: [{ json: {} }, { json: {} }, { json: {} }],
		onError: 'continueErrorOutput',
	});
	const next = await execute(model, 0);

	expect(Math.min(...firstPollsOf(next))).toBeGreaterThan(3_000);
});

it.each(vendorCases)('keeps nothing in the workflow, at $vendor.displayName', async ({ id }) => {
	const { error, savedStaticData } = await runWorkflow({
		parameters: imageParameters(id, 'generate', { options: { download: false } }),
		credentials: credentialFor(sandbox, id),
	});
	expect(error).toBeUndefined();
	expect(savedStaticData).toBeUndefined();
});
