import {
	failed,
	isUnclear,
	mayPass,
	reasons,
	success,
	type Failure,
	type Outcome,
} from '../core/failure';
import { expectDelivery } from '../platform/deliveryGate';
import { failureSentence } from '../core/httpFailure';
import { atAnotherAddress, failureOf, type Order, type Taken, type Unclear } from '../core/order';
import { isPlaceholderId, placeholderOf } from '../core/placeholder';
import type { ImageRequest } from '../core/vendor';
import { sendWithRetry, submitUnknown } from '../core/retryPolicy';
import { isAborted, stopped } from '../core/clock';
import type { SubmitResult, Turn } from '../core/submitGate';
import { isUsableTaskId, quotedTaskId, type TaskReference } from '../core/task';
import { known } from '../core/tolerant';
import { namingFields } from '../platform/loadReferences';
import { unexpectedFailure } from '../platform/nodeErrors';
import { idempotencyKeyLifeMs, isElsewhere, isSafeAgain, refuseAgain } from './again';
import { stateForNextTry } from './plan';
import type { Run } from './run';
import { watch } from './watch';

/** A vendor that reads reference images itself may take a while to answer. */
const answerTimeoutMs = 60_000;

/**
 * Submits an order, or takes up the one that an earlier try of this execution has begun. Afterwards the
 * order is taken (a taken-up one may have ended), unclear or failed, and saved so. Never throws.
 */
export async function submit(run: Run, order: Order): Promise<void> {
	if (placeholderOf(order) !== undefined) return;
	try {
		const isSafe = await isSafeAgain(run, order);
		if (order.state.is === 'taken') await takeUp(run, order);
		else if (!isSafe) refuseAgain(order);
		if (order.state.is === 'planned' || isSafe) await buy(run, order);
	} catch (thrown) {
		run.spending(order).giveUp();
		const failure = unexpectedFailure(thrown);
		// The vendor may have taken a submit that was sent before the error.
		run.fail(order, order.state.is === 'unclear' ? submitUnknown(failure) : failure);
	}
}

/** Goes on with a task of an earlier try; one that failed for a passing reason is to be bought anew. */
async function takeUp(run: Run, order: Order): Promise<void> {
	const { task, callsBack } = order.state as Taken;
	run.taskIds.add(task.taskId);
	if (isElsewhere(run, order)) return run.fail(order, atAnotherAddress(run.vendor.displayName));
	run.open.add(task.taskId);
	const isCalled = callsBack === run.context.getExecutionId();
	if (order.settings.completion === 'submit' || isCalled) return;
	// A task whose callback goes to an execution that is over must be waited for here.
	await watch(run, order);
	const { state } = order;
	if (state.is !== 'failed' || state.failure.task !== 'over' || isAborted(run.signal)) return;
	if (mayPass(state.failure)) run.taskIds.delete(task.taskId);
	order.state = stateForNextTry(state);
}

async function buy(run: Run, order: Order): Promise<void> {
	run.bought.add(order);
	const spending = run.spending(order);
	const earlier = order.state.is === 'unclear' ? order.state : undefined;
	const refusal = await spending.reserve();
	if (refusal !== undefined) return run.fail(order, refusal);
	// A request that is sent again under the same key must be identical.
	const prepared =
		earlier?.request === undefined ? await requestOf(run, order) : success(earlier.request);
	if (!prepared.ok) {
		spending.giveUp();
		return run.fail(order, prepared.failure);
	}
	const request = prepared.value;
	const idempotencyKey = earlier?.idempotencyKey ?? crypto.randomUUID();
	const sent = await send(run, order, request, idempotencyKey);
	const spentBefore = 'spentBefore' in order.state ? order.state.spentBefore : undefined;
	// Kept, so that the order can be bought again without the input if the vendor fails it. With files, the
	// URLs alone would be another edit.
	if (request.referenceFiles.length === 0) order.referenceUrls = request.referenceUrls;

	const outcome = usable(run.vendor.displayName, sent.outcome);
	if (outcome.ok) {
		const task = outcome.value;
		spending.taken(task.cost);
		return noteTaken(run, order, {
			is: 'taken',
			task,
			// The timeout begins with the submit that was taken, not with those that were refused.
			sentAtMs: sent.sentAtMs,
			tookMs: sent.answeredAtMs - sent.sentAtMs,
			...(order.settings.completion === 'callback'
				? { callsBack: run.context.getExecutionId() }
				: {}),
			...known({ spentBefore }),
			raw: sent.raw,
		});
	}
	// The order stays unclear: a later "no" says nothing about the send before it.
	const told = namingFields(outcome.failure, request.referenceFiles);
	const failure = earlier === undefined ? told : submitUnknown(told);
	if (isUnclear(failure)) {
		const unclear: Unclear = {
			is: 'unclear',
			failure: failureOf(order, failure),
			sentAtMs: earlier?.sentAtMs ?? sent.firstSentAtMs,
			idempotencyKey,
			keyMark: await run.client.markOfKey(idempotencyKey),
			...(run.vendor.submitIsIdempotent && request.referenceFiles.length === 0 ? { request } : {}),
			...known({ reserved: spending.reserved(), spentBefore }),
		};
		spending.end(failure.cost);
		order.state = unclear;
		run.saved.save(order);
		run.context.logger.warn(unclear.failure.message);
		return;
	}
	spending.giveUp();
	run.fail(order, failure);
	if (!mayPass(failure)) run.saved.save(order);
}

/** A task whose id cannot be used is taken, but nobody can poll it. */
function usable(vendorName: string, outcome: Outcome<TaskReference>): Outcome<TaskReference> {
	if (!outcome.ok) return outcome;
	const { taskId } = outcome.value;
	if (isUsableTaskId(taskId) && !isPlaceholderId(taskId)) return outcome;
	return failed({
		reason: 'submitUnknown',
		message: `${vendorName} took the task, but its task ID ${quotedTaskId(taskId)} cannot be used`,
		task: 'maybe',
		...known({ cost: outcome.value.cost }),
	});
}

/** Puts a task id among the saved orders and into n8n's log the moment that it is known. */
function noteTaken(run: Run, order: Order, taken: Taken): void {
	const { context, vendor } = run;
	const { taskId } = taken.task;
	order.state = taken;
	run.saved.save(order);
	run.taskIds.add(taskId);
	if (order.settings.callbackUrl !== undefined) expectDelivery(taskId);
	run.open.add(taskId);
	// The text names it too: n8n's ordinary log leaves out the metadata, and only the log survives a crash.
	const where = `(execution ${context.getExecutionId()}, item ${order.itemIndex})`;
	context.logger.info(`${vendor.displayName} took task ${taskId} ${where}`, {
		vendor: vendor.id,
		taskId,
		executionId: context.getExecutionId(),
		itemIndex: order.itemIndex,
	});
	// This run will not see the end of the task.
	if (order.settings.completion !== 'wait') {
		run.gate.taskEnded();
		run.spending(order).end(undefined);
	}
}

interface Sent {
	readonly outcome: Outcome<TaskReference>;
	readonly raw: unknown;
	/** Milliseconds since the epoch. */
	readonly firstSentAtMs: number;
	readonly sentAtMs: number;
	readonly answeredAtMs: number;
}

/** Sends a submit when its turn has come, and again where the vendor has certainly not taken it. */
async function send(
	run: Run,
	{ settings }: Order,
	request: ImageRequest,
	idempotencyKey: string,
): Promise<Sent> {
	const { vendor, client, clock, signal } = run;
	const input = { request, idempotencyKey, callbackUrl: settings.callbackUrl };
	let raw: unknown;
	let firstSentAtMs: number | undefined;
	let sentAtMs = clock.now();
	let answeredAtMs = sentAtMs;
	let deadlineMs = clock.now() + settings.timeoutMs;
	const outcome = await sendWithRetry(
		async () => {
			const turn = await run.gate.enter(signal, deadlineMs);
			if (turn.kind === 'stopped') return failed(stopped());
			if (turn.kind === 'tooLate') return failed(tooLate(vendor.displayName, turn));
			// A delay that other items of this run have caused is not this item's time.
			deadlineMs += turn.waitedForOursMs;
			let result: SubmitResult = 'other';
			let retryAfterMs: number | undefined;
			try {
				const answer = await client.call(vendor.submit(input), {
					// The submit has no deadline of its own: its answer is waited for from its send on.
					deadlineMs: Number.POSITIVE_INFINITY,
					patienceMs: answerTimeoutMs,
					signal: run.grace,
					turnSignal: signal,
					prompt: request.prompt,
					onSend: () => {
						sentAtMs = clock.now();
						firstSentAtMs ??= sentAtMs;
					},
				});
				answeredAtMs = clock.now();
				({ raw } = answer);
				result = submitResultOf(answer.outcome);
				if (!answer.outcome.ok) ({ retryAfterMs } = answer.outcome.failure);
				return answer.outcome;
			} finally {
				turn.leave(result, retryAfterMs);
			}
		},
		{
			verb: 'submit',
			clock,
			signal,
			get deadlineMs() {
				const keyDiesAtMs = (firstSentAtMs ?? clock.now()) + idempotencyKeyLifeMs;
				return Math.min(deadlineMs, keyDiesAtMs);
			},
			isIdempotent: vendor.submitIsIdempotent,
		},
	);
	return { outcome, raw, firstSentAtMs: firstSentAtMs ?? sentAtMs, sentAtMs, answeredAtMs };
}

function submitResultOf(outcome: Outcome<TaskReference>): SubmitResult {
	if (outcome.ok) return 'taken';
	const { code, again } = reasons[outcome.failure.reason];
	if (again === 'whenOneOfOursHasEnded') return 'refusedWhileBusy';
	return code === 'rateLimited' ? 'refusedForSpeed' : 'other';
}

/** The failure of an item whose turn would come after its timeout. */
function tooLate(
	vendorName: string,
	{ pauseMs, isAskedFor }: Extract<Turn, { kind: 'tooLate' }>,
): Failure {
	const why = 'the timeout of this item would have ended before its turn';
	return {
		reason: 'rateLimited',
		message: failureSentence(vendorName, 'rateLimited', why),
		retryAfterMs: pauseMs,
		// The pause is our own, so the hint must not say that the vendor asked for it.
		...(isAskedFor ? {} : { hint: reasons.rateLimited.hint }),
	};
}

async function requestOf(run: Run, order: Order): Promise<Outcome<ImageRequest>> {
	const { asked, place } = order;
	if (asked === null) {
		const message = 'The request of this task is not known';
		return failed({ reason: 'invalidRequest', message });
	}
	const loaded = await run.references(order);
	if (!loaded.ok) return loaded;
	return success({
		operation: asked.operation,
		vendorModel: asked.vendorModel,
		prompt: asked.prompt,
		aspectRatio: asked.aspectRatio,
		resolution: asked.resolution,
		outputFormat: asked.outputFormat,
		imagesInTask: place.imagesInTask,
		referenceUrls: loaded.value.urls,
		referenceFiles: loaded.value.files,
		...known({ additionalFields: asked.additionalFields }),
	});
}
