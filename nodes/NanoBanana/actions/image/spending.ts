import { createBudget, type Budget, type PricedTask, type Reservation } from '../../core/budget';
import { failed, isUnclear, type Failure, type Outcome } from '../../core/failure';
import { isAborted, stopped } from '../../core/stop';
import type { Cost } from '../../core/task';
import { clock } from '../../platform/clock';
import type { Submission } from '../../platform/submissionLedger';
import type { Run } from '../runItems';
import type { ItemPlan } from './planItem';
import { openEntry, type PlannedTask } from './plannedTask';

const napMs = 100;

/** What one task may take of the run's Max Cost, and what it has taken of it. */
export interface TaskSpending {
	/** Waits for leave to submit. Answers why there is none. */
	reserve(): Promise<Failure | undefined>;
	/** The vendor has taken the task and said (or not) what it costs. */
	taken(told: Cost | undefined): void;
	/** Nothing more will be heard of it: the task has ended, or it stays unclear whether there is one. */
	end(told: Cost | undefined): void;
	/** Gives the room back, unless the vendor has taken the task. */
	giveUp(): void;
	/** What is set aside for it; undefined where its price is unknown. */
	reserved(): number | undefined;
}

/** Max Cost is one number for the whole run, so the items of a run cannot differ in it. */
export function sameMaxCost(
	plan: Outcome<ItemPlan>,
	earlier: readonly Outcome<ItemPlan>[],
): Outcome<ItemPlan> {
	const first = earlier.find((other) => other.ok);
	if (!plan.ok || first === undefined) return plan;
	const [own, other] = [plan.value.maxCost, first.value.maxCost];
	if (own === other) return plan;
	return failed({
		reason: 'invalidRequest',
		message: `'Max Cost' is ${own ?? 'not set'} here and ${other ?? 'not set'} for an earlier item`,
		hint: 'Give the same number for all items: it is the limit of the whole run.',
	});
}

/**
 * Puts the tasks of a run under its Max Cost, if it has one. What earlier runs of the node have bought
 * for these tasks counts toward it.
 */
export async function withSpending(
	run: Run,
	tasks: readonly PlannedTask[],
): Promise<readonly PlannedTask[]> {
	const maxCost = tasks[0]?.plan.maxCost;
	if (maxCost === undefined) return tasks;
	const budget = createBudget(maxCost);
	const limited: PlannedTask[] = [];
	for (const task of tasks) {
		const entry = await openEntry(task);
		const priced = pricedTask(task);
		const before = countEarlier(budget, priced, entry.read());
		limited.push({ ...task, spending: openSpending(run, budget, priced, before) });
	}
	return limited;
}

function pricedTask({ plan, place }: PlannedTask): PricedTask {
	const { vendorModel, resolution = '' } = plan.request;
	return { kind: `${vendorModel} ${resolution}`, images: place.imagesInTask };
}

/** The reservation of a task that this run will go on with. */
function countEarlier(
	budget: Budget,
	task: PricedTask,
	earlier: Submission | undefined,
): Reservation | undefined {
	if (earlier === undefined) return undefined;
	const { reference, failure, reserved, spentBefore } = earlier;
	if (spentBefore !== undefined) budget.spend(spentBefore);
	const mayBeCharged = failure !== undefined && isUnclear(failure);
	const isCounted = reference !== undefined || mayBeCharged;
	return isCounted ? budget.count(task, failure?.cost ?? reference?.cost, reserved) : undefined;
}

function openSpending(
	run: Run,
	budget: Budget,
	task: PricedTask,
	before: Reservation | undefined,
): TaskSpending {
	let reservation = before;
	let isTaken = before !== undefined;
	return {
		async reserve() {
			while (reservation === undefined) {
				if (isAborted(run.signal)) return stopped();
				const answer = budget.ask(task);
				if (answer === 'refused') return overLimit(run, budget, task);
				if (answer === 'wait') await clock.sleep(napMs, run.signal);
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
			// What is submitted for the same image afterwards is a purchase of its own.
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
 * The limit is the user's own, yet the code is that of an account without credit: a workflow does the
 * same about both, and `invalidRequest` would say that the item itself is wrong.
 */
function overLimit({ vendor }: Run, budget: Budget, task: PricedTask): Failure {
	const amount = (value: number): string => `${value} ${vendor.submitCostUnit ?? ''}`.trim();
	const price = budget.priceOf(task);
	const need = price === undefined ? '' : `, and this task would cost up to ${amount(price)}`;
	return {
		reason: 'spendingLimit',
		message: `'Max Cost' allows no more: ${amount(budget.used())} of ${amount(budget.limit)} are spent or set aside${need}`,
	};
}
