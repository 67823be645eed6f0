import { createBudget, type Budget, type PricedTask, type Reservation } from '../core/budget';
import { isAborted, stopped, type Clock } from '../core/clock';
import { isUnclear, type Failure } from '../core/failure';
import type { Order } from '../core/order';
import type { Cost } from '../core/cost';
import { placeholderOf } from '../core/placeholder';
import type { ImageVendor } from '../core/vendor';

const napMs = 100;

/** The share of the run's Max Cost that one order may take, and has taken. */
export interface OrderSpending {
	/** Waits for permission to submit. Returns the failure if there is none. */
	reserve(): Promise<Failure | undefined>;
	/** The vendor has taken the task and said (or not) what it costs. */
	taken(told: Cost | undefined): void;
	/** No more news will come: the task has ended, or it stays unclear whether there is one. */
	end(told: Cost | undefined): void;
	/** Gives the room back, unless the vendor has taken the task. */
	giveUp(): void;
	/** The amount set aside for the order; undefined if its price is unknown. */
	reserved(): number | undefined;
}

/** The parts of a run that are used here. */
interface Limited {
	readonly vendor: ImageVendor;
	readonly signal: AbortSignal;
	readonly clock: Clock;
}

export type Spending = (order: Order) => OrderSpending;

const unlimitedOrder: OrderSpending = {
	reserve: () => Promise.resolve(undefined),
	taken: () => undefined,
	end: () => undefined,
	giveUp: () => undefined,
	reserved: () => undefined,
};

/** The spending of a run without Max Cost. */
export const unlimited: Spending = () => unlimitedOrder;

/**
 * Puts the orders of a run under its Max Cost. Purchases that earlier runs of the node have made for them
 * count toward it.
 */
export function limitSpending(run: Limited, orders: readonly Order[], maxCost: number): Spending {
	const budget = createBudget(maxCost);
	const bought = orders.filter((order) => placeholderOf(order) === undefined);
	const spendings = new Map(
		bought.map((order) => {
			const task = pricedTask(order);
			return [order, openSpending(run, budget, task, countEarlier(budget, task, order))];
		}),
	);
	return (order) => spendings.get(order) ?? unlimitedOrder;
}

function pricedTask({ asked, place }: Order): PricedTask {
	const { vendorModel, resolution, additionalFields } = asked ?? {};
	// Any of a vendor's own fields may have a price.
	const kind = JSON.stringify([vendorModel, resolution, additionalFields]);
	return { kind, images: place.imagesInTask };
}

/** The reservation of a task that this run will go on with. */
function countEarlier(budget: Budget, task: PricedTask, { state }: Order): Reservation | undefined {
	if ('spentBefore' in state) budget.spend(state.spentBefore);
	if (state.is === 'taken') return budget.count(task, state.task.cost);
	if (state.is === 'unclear') return budget.count(task, state.failure.cost, state.reserved);
	const mayBeCharged =
		state.is === 'failed' && (isUnclear(state.failure) || state.failure.taskId !== undefined);
	return mayBeCharged ? budget.count(task, state.failure.cost) : undefined;
}

function openSpending(
	run: Limited,
	budget: Budget,
	task: PricedTask,
	before: Reservation | undefined,
): OrderSpending {
	let reservation = before;
	let isTaken = before !== undefined;
	return {
		async reserve() {
			while (reservation === undefined) {
				if (isAborted(run.signal)) return stopped();
				const answer = budget.ask(task);
				if (answer === 'refused') return overLimit(run, budget, task);
				if (answer === 'wait') await run.clock.sleep(napMs, run.signal);
				else reservation = answer;
			}
			return undefined;
		},
		taken(told) {
			isTaken = true;
			reservation?.taken(told);
		},
		end(told) {
			reservation?.end(told);
			// A later submit for the same image is a purchase of its own.
			reservation = undefined;
			isTaken = false;
		},
		giveUp() {
			if (isTaken) reservation?.end(undefined);
			else reservation?.release();
			reservation = undefined;
			isTaken = false;
		},
		reserved: () => reservation?.amount(),
	};
}

/**
 * The limit is the user's own, but the code is that of an account without credit: a workflow handles both
 * in the same way, and `invalidRequest` would say that the item itself is wrong.
 */
function overLimit({ vendor }: Limited, budget: Budget, task: PricedTask): Failure {
	const amount = (value: number): string => `${value} ${vendor.costs?.unit ?? ''}`.trim();
	const price = budget.priceOf(task);
	const need = price === undefined ? '' : `, and this task would cost up to ${amount(price)}`;
	return {
		reason: 'spendingLimit',
		message: `'Max Cost' allows no more: ${amount(budget.used())} of ${amount(budget.limit)} are spent or set aside${need}`,
	};
}
