import { checkAdditionalFields } from '../core/additionalFields';
import {
	failed,
	joinedFailure,
	mayPass,
	ofTask,
	success,
	type Failure,
	type Outcome,
} from '../core/failure';
import { nameImages } from '../core/imageNames';
import {
	placesOf,
	type Asked,
	type Order,
	type OrderSettings,
	type OrderState,
	type TaskPlace,
} from '../core/order';
import { submitUnknown } from '../core/retryPolicy';
import { known } from '../core/tolerant';
import { quoted } from '../core/typedValues';
import { validateRequest, type CheckedRequest } from '../core/validateRequest';
import { isPlaceholderUrl } from '../core/placeholder';
import { loadReferences, type LoadedReferences } from '../platform/loadReferences';
import { unexpectedFailure } from '../platform/nodeErrors';
import { openAskedTexts } from '../platform/orderKeys';
import {
	readIsPlaceholder,
	readMaxCost,
	readOptions,
	readSettings,
	refusalOfFixedExpression,
} from '../platform/parameters';
import { planReferences, type ReferencePlan } from '../platform/references';
import { vendors } from '../vendors';
import { planCompletion } from './completion';
import { asPlaceholder, openBefore } from './placeholder';
import type { Run } from './run';
import { likeTheOthers } from './sameForAll';
import { limitSpending } from './spending';

/** The orders of each input item, or why it has none. */
export type Plan = readonly PlannedItem[];

export interface PlannedItem {
	readonly orders: readonly Order[];
	readonly failure?: Failure;
}

/** The orders of all items of a plan, in their order. */
export function ordersOf(plan: Plan): readonly Order[] {
	return plan.flatMap(({ orders }) => orders);
}

/**
 * Reads and checks all items. Nothing is sent, and an order that an earlier try has begun is taken up as
 * that try left it. Bad input ends a run that does not continue on fail before anything is paid for.
 */
export async function planOrders(run: Run): Promise<Plan> {
	const items: Array<Outcome<ItemPlan>> = [];
	for (let itemIndex = 0; itemIndex < run.context.getInputData().length; itemIndex++) {
		const planned =
			run.refusal === undefined
				? await planItem(run, itemIndex).catch((error: unknown) => failed(unexpectedFailure(error)))
				: failed(run.refusal);
		const checked = likeTheOthers(planned, items);
		const item = checked.ok ? checked : failed(withBegun(run, itemIndex, checked.failure));
		if (!item.ok) run.failItem(itemIndex, item.failure);
		items.push(item);
	}
	run.throwIfFailed();

	const askedFor = openAskedTexts(run.context);
	const plan: PlannedItem[] = [];
	for (const [itemIndex, item] of items.entries()) {
		plan.push(
			item.ok
				? await planOrdersOfItem(run, itemIndex, item.value, askedFor)
				: { orders: [], failure: item.failure },
		);
	}
	run.throwIfFailed();
	prepare(run, items, ordersOf(plan));
	return plan;
}

/** One order for each task that the item needs. An item that cannot even be read fails alone. */
async function planOrdersOfItem(
	run: Run,
	itemIndex: number,
	{ request, settings, isPlaceholder }: ItemPlan,
	askedFor: (itemIndex: number, place: TaskPlace) => Promise<string>,
): Promise<PlannedItem> {
	try {
		const orders: Order[] = [];
		const { origin } = new URL(run.client.baseUrl);
		for (const place of placesOf(request, run.vendor.maxImagesInTask)) {
			const key = run.saved.keyFor(await askedFor(itemIndex, place));
			const asked = askedOf(request, place.format?.aspectRatio, run.operation);
			orders.push({ key, itemIndex, place, asked, settings, origin, state: { is: 'planned' } });
		}
		if (!isPlaceholder) return { orders: orders.map((order) => takenUp(run, order)) };
		const failure = openBefore(run, orders);
		if (failure === undefined) return { orders: orders.map((order) => asPlaceholder(run, order)) };
		run.failItem(itemIndex, failure);
		return { orders: [], failure };
	} catch (thrown) {
		const failure = withBegun(run, itemIndex, unexpectedFailure(thrown));
		run.failItem(itemIndex, failure);
		return { orders: [], failure };
	}
}

/** The orders that an earlier try has begun stay bought, even where this try cannot go on with the item. */
function withBegun(run: Run, itemIndex: number, failure: Failure): Failure {
	const saved = run.saved.ofItem(itemIndex);
	const begun = saved.flatMap(({ state }) => {
		if (state.is === 'taken' && state.task.vendor === run.vendor.id) {
			return ofTask(failure, state.task.taskId);
		}
		return state.is === 'unclear' ? submitUnknown(failure) : [];
	});
	const [first, ...others] = begun;
	if (first !== undefined) return joinedFailure(first, others);
	// Task → Wait with this item would ask the vendor that is chosen now.
	const elsewhere = saved.flatMap(({ state }) =>
		state.is === 'taken' ? `"${state.task.taskId}" at ${nameOfVendor(state.task.vendor)}` : [],
	);
	if (elsewhere.length === 0) return failure;
	const told = `An earlier try has submitted the task ${elsewhere.join(', ')}`;
	return { ...failure, message: `${failure.message}. ${told}` };
}

function nameOfVendor(vendorId: string): string {
	return vendors.find(({ id }) => id === vendorId)?.displayName ?? vendorId;
}

/** Sets up the parts that all orders of a run share. */
function prepare(
	run: Run,
	items: ReadonlyArray<Outcome<ItemPlan>>,
	orders: readonly Order[],
): void {
	run.orders = orders;
	run.nameImage = nameImages(orders, run.vendor.maxImagesInTask);
	const maxCost = items.find((item) => item.ok)?.value.maxCost;
	if (maxCost !== undefined) run.spending = limitSpending(run, orders, maxCost);
	const loads = new Map<number, Promise<Outcome<LoadedReferences>>>();
	run.references = async ({ itemIndex }) => {
		const item = items[itemIndex];
		if (item === undefined || !item.ok) return success({ urls: [], files: [] });
		// Loaded once for all orders of the item. Only the files are opened again for each order.
		const load = loads.get(itemIndex) ?? loadReferences(run, item.value.references);
		loads.set(itemIndex, load);
		return await load;
	};
}

/** The order as an earlier try of this execution has left it; a new one where there was none. */
function takenUp(run: Run, planned: Order): Order {
	const saved = run.saved.find(planned.key);
	if (saved === undefined) return planned;
	const state = stateForNextTry(saved.state);
	return {
		...planned,
		state,
		// An order that is bought anew goes where the credential leads now.
		...(state.is === 'planned' ? {} : known({ origin: saved.origin })),
		asked: state.is === 'planned' ? planned.asked : saved.asked,
		...known({ referenceUrls: saved.referenceUrls }),
	};
}

/** An order whose failure may pass is bought again; any other failure is its end. */
export function stateForNextTry(state: OrderState): OrderState {
	if (state.is !== 'failed' || !mayPass(state.failure)) return state;
	// The image of such a task may still come.
	if (state.failure.task === 'running') return state;
	const spentBefore = (state.spentBefore ?? 0) + (state.failure.cost?.amount ?? 0);
	return { is: 'planned', ...(spentBefore > 0 ? { spentBefore } : {}) };
}

interface ItemPlan {
	readonly request: CheckedRequest;
	readonly references: ReferencePlan;
	readonly settings: OrderSettings;
	/** The limit for the cost of the whole run, in the vendor's own unit. */
	readonly maxCost: number | undefined;
	/** Whether nothing is bought for the item. */
	readonly isPlaceholder: boolean;
}

async function planItem(run: Run, itemIndex: number): Promise<Outcome<ItemPlan>> {
	const { context, vendor, client } = run;
	const operation = run.operation === 'edit' ? 'edit' : 'generate';
	const read = (name: string, fallback: string | number): unknown =>
		context.getNodeParameter(name, itemIndex, fallback);
	const options = readOptions(context, itemIndex);

	const settings = readSettings(context, itemIndex);
	if (!settings.ok) return settings;
	const unswitched = refusalOfFixedExpression(context, 'prompt', 'Prompt');
	if (unswitched !== undefined) return failed(unswitched);

	const asked = {
		urls: operation === 'edit' ? read('referenceUrls', '') : '',
		binaryFields: operation === 'edit' ? read('referenceBinaryFields', '') : '',
	};
	const asking = { context, vendor, baseUrl: client.baseUrl };
	const references = await planReferences(asking, itemIndex, asked);
	if (!references.ok) return references;

	const request = validateRequest(
		{
			operation,
			model: read('model', 'nanoBananaPro'),
			customModel: options.customModel,
			prompt: read('prompt', ''),
			aspectRatio: read('aspectRatio', 'auto'),
			aspectRatios: options.aspectRatios,
			resolution: read('resolution', '1K'),
			outputFormat: options.outputFormat,
			numberOfImages: read('numberOfImages', 1),
			referenceCount: references.value.urls.length + references.value.binaries.length,
		},
		vendor,
	);
	if (!request.ok) return request;

	const completion = planCompletion(run, itemIndex, options);
	if (!completion.ok) return completion;

	const maxCost = readMaxCost(context, itemIndex);
	if (!maxCost.ok) return maxCost;
	const isLimited = maxCost.value !== undefined;
	const added = checkAdditionalFields(options.additionalFields, vendor, isLimited);
	if (!added.ok) return added;
	const isPlaceholder = readIsPlaceholder(context, itemIndex);
	if (!isPlaceholder.ok) return isPlaceholder;
	const placeholder = isPlaceholder.value ? undefined : placeholderAmong(references.value);
	if (placeholder !== undefined) return failed(placeholder);

	return success({
		request: {
			...request.value,
			...known({ additionalFields: added.value }),
			warnings: [...request.value.warnings, ...references.value.warnings],
		},
		references: references.value,
		settings: { ...settings.value, ...completion.value },
		maxCost: maxCost.value,
		isPlaceholder: isPlaceholder.value,
	});
}

/** An edit of a placeholder would be bought in vain: no vendor can open its URL, and its file shows nothing. */
function placeholderAmong({ urls, binaries }: ReferencePlan): Failure | undefined {
	const url = urls.find(isPlaceholderUrl);
	const file = binaries.find((binary) => binary.isPlaceholder);
	if (url === undefined && file === undefined) return undefined;
	const reference = file === undefined ? `reference URL ${quoted(url)}` : `image in ${file.label}`;
	return {
		reason: 'invalidRequest',
		message: `The ${reference} belongs to a placeholder image`,
		hint: "Let the step before make a real image, or use the same choice of 'Placeholder Images' in both steps.",
	};
}

function askedOf(
	request: CheckedRequest,
	ratioOfPlace: CheckedRequest['aspectRatio'] | undefined,
	operation: string,
): Asked {
	const { resolution, outputFormat, additionalFields } = request;
	return {
		operation: operation === 'edit' ? 'edit' : 'generate',
		model: request.model,
		vendorModel: request.vendorModel,
		prompt: request.prompt,
		aspectRatio: ratioOfPlace ?? request.aspectRatio,
		...known({ resolution, outputFormat, additionalFields }),
		warnings: request.warnings,
	};
}

export function parksExecution(plan: Plan): boolean {
	return ordersOf(plan).some(({ settings }) => settings.completion === 'callback');
}
