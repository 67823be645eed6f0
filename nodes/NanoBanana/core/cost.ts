import { known } from './tolerant';

/** What a task cost, in the vendor's own unit. Amounts of different units are never added up. */
export interface Cost {
	/** What the vendor keeps: what it has given back is no longer in it. */
	readonly amount: number;
	readonly unit: CostUnit;
	/** What it has given back of the task, where it says so. */
	readonly refunded?: number;
	/** What is left on the account after it, in the same unit. */
	readonly remaining?: number;
}
export type CostUnit = 'credits' | 'USD';

/** Amounts have at most so many decimals, so that sums of them show no rounding of binary numbers. */
const decimals = 6;

/** A sum or difference of amounts, as people write it. */
export function roundedAmount(amount: number): number {
	return Number(amount.toFixed(decimals));
}

/** A charge that was given back. */
export function paidBack({ amount, unit }: Cost): Cost {
	return { amount: 0, unit, ...(amount > 0 ? { refunded: amount } : {}) };
}

/** What a task costs in the end, from what was told with its submit and what was told at its end. */
export function finalCost(told: Cost | undefined, atEnd: Cost | undefined): Cost | undefined {
	if (told === undefined || atEnd === undefined) return atEnd ?? told;
	// A charged task that costs nothing in the end was paid back, whether it says so or not.
	const isPaidBack = atEnd.amount === 0 && told.amount > 0;
	const refunded = atEnd.refunded ?? (isPaidBack ? told.amount : undefined);
	// What the account had left was said before anything came back.
	const remaining = atEnd.remaining ?? (refunded === undefined ? told.remaining : undefined);
	return { amount: atEnd.amount, unit: atEnd.unit, ...known({ refunded, remaining }) };
}

/** What several tasks of one vendor cost together, with the least that was said to be left. */
export function sumOfCosts(costs: readonly Cost[]): Cost | undefined {
	const [first] = costs;
	if (first === undefined) return undefined;
	// One vendor has one unit; whatever has another one is not added.
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

/** The cost of each task once, however many images of it stand in the list. */
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

/** What is known of the cost of one image or of one that is missing. */
export interface CostOfImage {
	readonly taskId?: string | undefined;
	readonly cost?: Cost | undefined;
}

/**
 * What the tasks of a run cost together, in one sentence. Undefined where no vendor told it, and for a
 * single task, whose item says it.
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
		...(back === 0 ? [] : [`${refunded} ${unit} came back for ${back} of them`]),
		...(remaining === undefined ? [] : [`${remaining} ${unit} were left after the last submit`]),
	]
		.join('; ')
		.concat('.');
}
