import { costsOfTasks, sumOfCosts } from './cost';
import type { Cost } from './cost';
import { known } from './tolerant';
import { reasons, type ErrorCode, type Reason, type VendorPage } from './reasons';

export {
	errorCodes,
	reasons,
	type Again,
	type ErrorCode,
	type Reason,
	type VendorPage,
} from './reasons';

/**
 * The task at the vendor after a failure: certainly none, maybe one with an unknown id, one that may still
 * make the image, or one that the vendor itself has ended without an image.
 */
export type TaskAfterFailure = 'none' | 'maybe' | 'running' | 'over';

/** A failure is a value everywhere but in `platform/nodeErrors`, the one place that makes it an n8n error. */
export interface Failure {
	readonly reason: Reason;
	/** The failure in one sentence. */
	readonly message: string;
	/** The next step for the user; without one the hint of the reason is shown. */
	readonly hint?: string;
	/** Absent means none. */
	readonly task?: TaskAfterFailure;
	readonly httpStatus?: number;
	/** The vendor's own word or number for it. */
	readonly vendorCode?: string;
	/** The wait that the vendor's `Retry-After` asked for, in milliseconds from the answer. */
	readonly retryAfterMs?: number;
	readonly taskId?: string;
	readonly requestId?: string;
	/** The failed ratio of an item that asks for several. */
	readonly aspectRatio?: string;
	/** The amount that the vendor charged for the task although it failed. */
	readonly cost?: Cost;
	/** The failures of several tasks of an item, which this one joins. */
	readonly parts?: readonly Failure[];
}

export type Outcome<Value> =
	{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

export function success<Value>(value: Value): Outcome<Value> {
	return { ok: true, value };
}

export function failed(failure: Failure): { readonly ok: false; readonly failure: Failure } {
	return { ok: false, failure };
}

/** The word that workflows branch on. */
export function codeOf({ reason }: Pick<Failure, 'reason'>): ErrorCode {
	return reasons[reason].code;
}

/** The next step for the user, in a few sentences. */
export function hintOf(failure: Failure): string {
	if (failure.hint !== undefined) return failure.hint;
	const { code, hint } = reasons[failure.reason];
	if (code !== 'rateLimited' || failure.retryAfterMs === undefined) return hint;
	return `The vendor asks you to wait ${Math.ceil(failure.retryAfterMs / 1000)} s. ${hint}`;
}

/** The vendor's page for the next step, and its name in a message. */
export function pageFor(
	{ reason }: Pick<Failure, 'reason'>,
	pages: Readonly<Record<VendorPage, string>>,
): { readonly words: string; readonly url: string } | undefined {
	const { page } = reasons[reason];
	if (page === undefined) return undefined;
	return { words: page === 'apiKeys' ? 'Your API keys' : 'Your account', url: pages[page] };
}

/** A failure with a task whose id is known: unless the vendor has ended it, its image may still come. */
export function ofTask(failure: Failure, taskId: string): Failure {
	// A vendor that does not know a task now may know it later.
	return { ...failure, taskId, task: failure.task === 'over' ? 'over' : 'running' };
}

/** Whether Task → Wait can still download the image. */
export function isResumable({ task, taskId }: Failure): boolean {
	return task === 'running' && taskId !== undefined;
}

/** Whether there may be a task with an unknown id, or a task that could not be polled. */
export function isUnclear({ reason, task }: Failure): boolean {
	return task === 'maybe' || reason === 'submitUnknown';
}

/** Whether the same request, sent again by a later run, may succeed. */
export function mayPass(failure: Failure): boolean {
	return reasons[failure.reason].again !== 'never';
}

/**
 * Another vendor would refuse the content, too. Words instead of an image are paid for, and every vendor
 * asks the same model. A user who limits the cost of a run has not asked to spend the money elsewhere.
 */
const staysHere: ReadonlySet<Reason> = new Set([
	'contentRejected',
	'wordsInstead',
	'spendingLimit',
]);

/**
 * Whether another vendor may be asked without paying twice: this one has certainly not taken the task, or
 * has failed it for a reason that may not hold at another vendor.
 */
export function mayRetryElsewhere(failure: Failure): boolean {
	const { reason, task = 'none' } = failure;
	if (staysHere.has(reason)) return false;
	return !isUnclear(failure) && task !== 'running';
}

/**
 * The failures of several tasks of one item as one. The one that forbids the most speaks for all: a task
 * whose image can still be downloaded, else a failure that rules out another vendor, else the first.
 */
export function joinedFailure(first: Failure, others: readonly Failure[]): Failure {
	if (others.length === 0) return first;
	const parts = [first, ...others];
	const lead =
		parts.find(isResumable) ?? parts.find((failure) => !mayRetryElsewhere(failure)) ?? first;
	const cost = sumOfCosts(costsOfTasks(parts));
	// The parts may have several ratios.
	const { aspectRatio: _ofTheLead, ...shared } = lead;
	return { ...shared, parts, ...known({ cost }) };
}

/** The failures that a joined failure stands for, or the failure itself. */
export function failuresIn(failure: Failure): readonly Failure[] {
	return failure.parts ?? [failure];
}
