import { known } from './tolerant';

/** The cost of a task, in the vendor's own unit. Amounts of different units are never added up. */
export interface Cost {
	/** The amount that the vendor keeps, without any refund. */
	readonly amount: number;
	readonly unit: CostUnit;
	/** The amount refunded for the task, where the vendor says so. */
	readonly refunded?: number;
	/** The amount left on the account after the task, in the same unit. */
	readonly remaining?: number;
}
export type CostUnit = 'credits' | 'USD';

/** The most decimals of an amount, so that sums show no rounding of binary numbers. */
const decimals = 6;

/** A sum or difference of amounts, as people write it. */
export function roundedAmount(amount: number): number {
	return Number(amount.toFixed(decimals));
}

/** A refunded charge. */
export function paidBack({ amount, unit }: Cost): Cost {
	return { amount: 0, unit, ...(amount > 0 ? { refunded: amount } : {}) };
}

/** The final cost of a task, from the cost at its submit and the cost at its end. */
export function finalCost(told: Cost | undefined, atEnd: Cost | undefined): Cost | undefined {
	if (told === undefined || atEnd === undefined) return atEnd ?? told;
	// A charged task that costs nothing in the end was refunded, whether the vendor says so or not.
	const isPaidBack = atEnd.amount === 0 && told.amount > 0;
	const refunded = atEnd.refunded ?? (isPaidBack ? told.amount : undefined);
	// The vendor stated the amount left at the submit, before any refund.
	const remaining = atEnd.remaining ?? (refunded === undefined ? told.remaining : undefined);
	return { amount: atEnd.amount, unit: atEnd.unit, ...known({ refunded, remaining }) };
}

/** The total cost of several tasks of one vendor, with the lowest amount left on the account. */
export function sumOfCosts(costs: readonly Cost[]): Cost | undefined {
	const [first] = costs;
	if (first === undefined) return undefined;
	// One vendor has one unit; amounts in another one are not added.
	const alike = costs.filter(({ unit }) => unit === first.unit);
	const refunds = alike.flatMap(({ refunded }) => refunded ?? []);
	const rests = alike.flatMap(({ remaining }) => remaining ?? []);
	return {
		amount: sum(alike.map(({ amount }) => amount)),
		unit: first.unit,
		...(refunds.length === 0 ? {} : { refunded: sum(refunds) }),
		...(rests.length === 0 ? {} : { remaining: Math.min(...rests) }),
	};
}

/** The cost of each task once, however many of its images are in the list. */
export function costsOfTasks(
	images: ReadonlyArray<{ readonly taskId?: string | undefined; readonly cost?: Cost | undefined }>,
): readonly Cost[] {
	const ofTask = new Map<string, Cost>();
	for (const { taskId, cost } of images) {
		if (taskId !== undefined && cost !== undefined) ofTask.set(taskId, cost);
	}
	return [...ofTask.values()];
}

function sum(amounts: readonly number[]): number {
	return roundedAmount(amounts.reduce((total, amount) => total + amount, 0));
}

/** The known cost of one image, or of a missing one. */
export interface CostOfImage {
	readonly taskId?: string | undefined;
	readonly cost?: Cost | undefined;
}

/**
 * The total cost of the tasks of a run, in one sentence. Undefined if no vendor states it, and for a single
 * task, whose item says it.
 */
export function costSentence(images: readonly CostOfImage[]): string | undefined {
	const tasks = new Set(images.flatMap(({ taskId }) => taskId ?? [])).size;
	const costs = costsOfTasks(images);
	const sum = sumOfCosts(costs);
	if (sum === undefined || tasks < 2) return undefined;
	const { amount, unit, refunded, remaining } = sum;
	const told = costs.length === tasks ? `${tasks}` : `${costs.length} of ${tasks}`;
	const back = costs.filter((cost) => (cost.refunded ?? 0) > 0).length;
	return [
		`${told} tasks cost ${amount} ${unit} in all`,
		...(back === 0 ? [] : [`${refunded} ${unit} were refunded for ${back} of them`]),
		...(remaining === undefined ? [] : [`${remaining} ${unit} were left after the last submit`]),
	]
		.join('; ')
		.concat('.');
}
