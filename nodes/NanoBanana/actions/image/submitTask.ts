import {
	failed,
	isUnclear,
	mayPass,
	ofTask,
	reasons,
	success,
	type Failure,
	type Outcome,
} from '../../core/failure';
import { failureSentence } from '../../core/httpFailure';
import type { ImageRequest } from '../../core/request';
import { submitUnknown } from '../../core/retryPolicy';
import { sendWithRetry } from '../../core/sendWithRetry';
import { stopped } from '../../core/stop';
import type { SubmitResult, Turn } from '../../core/submitGate';
import type { TaskReference } from '../../core/task';
import { known } from '../../core/tolerant';
import type { SubmitInput } from '../../core/vendor';
import { clock } from '../../platform/clock';
import type { LedgerEntry, Submission } from '../../platform/submissionLedger';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import type { VendorClient } from '../../platform/vendorClient';
import type { Run } from '../runItems';
import { aspectRatioOf, type PlannedTask } from './plannedTask';

/** A vendor that reads reference images itself may take a while to answer. */
const answerTimeoutMs = 60_000;

/** A vendor forgets idempotency keys some day; for so long one is safe to be used again. */
const idempotencyKeyLifeMs = 24 * 60 * 60 * 1000;

export interface SubmittedTask {
	readonly submission: Submission & { readonly reference: TaskReference };
	readonly raw: unknown;
	/** Milliseconds from its send to the vendor's answer; absent where it was not sent by this run. */
	readonly tookMs?: number;
}

/** Whether the vendor has the task already, from an earlier run of the node. */
export function isTaken(
	submission: Submission | undefined,
): submission is Submission & { readonly reference: TaskReference } {
	return submission?.reference !== undefined;
}

/** What n8n itself threw while a task was worked on: one that is known by then is not lost with it. */
export function thrownFailure(thrown: unknown, entry: LedgerEntry): Failure {
	const taskId = entry.read()?.reference?.taskId;
	const failure = unexpectedFailure(thrown);
	return taskId === undefined ? failure : ofTask(failure, taskId);
}

/** The same failure again, where an earlier run of the node found that asking again cannot help. */
export function knownFailure(run: Run, submission: Submission | undefined): Failure | undefined {
	if (submission?.failure === undefined) return undefined;
	const { reason } = submission.failure;
	const isSafeAgain =
		reason === 'submitUnknown' &&
		run.vendor.submitIsIdempotent &&
		clock.now() - submission.submittedAtMs < idempotencyKeyLifeMs;
	if (isSafeAgain) return undefined;
	const { message } = submission.failure;
	return {
		...submission.failure,
		message: `${message} (known from an earlier try of this execution, so it was not sent again; a new execution sends it)`,
	};
}

/**
 * Submits one task. The moment that its id is known it stands in the ledger of the execution and in
 * n8n's log.
 */
export async function submitTask(
	run: Run,
	client: VendorClient,
	task: PlannedTask,
	entry: LedgerEntry,
): Promise<Outcome<SubmittedTask>> {
	const { context, vendor, signal } = run;
	const { spending } = task;
	const earlier = entry.read();
	const refusal = await spending?.reserve();
	if (refusal !== undefined) return failed(refusal);
	const prepared = await requestFor(task, earlier);
	if (!prepared.ok) {
		spending?.giveUp();
		return prepared;
	}
	const request = prepared.value;
	const submission = submissionFor(task, earlier);
	const input: SubmitInput = {
		request,
		idempotencyKey: submission.idempotencyKey,
		callbackUrl: task.plan.callbackUrl,
	};
	let raw: unknown;
	let sentAtMs = submission.submittedAtMs;
	let answeredAtMs = sentAtMs;
	let deadlineMs = clock.now() + task.plan.settings.timeoutMs;
	const submitted = await sendWithRetry(
		async () => {
			const turn = await run.gate.enter(signal, deadlineMs);
			if (turn.kind === 'stopped') return failed(stopped());
			if (turn.kind === 'tooLate') return failed(tooLate(vendor.displayName, turn));
			// What other items of this run have held up is not this item's time.
			deadlineMs += turn.waitedForOursMs;
			let result: SubmitResult = 'other';
			let retryAfterMs: number | undefined;
			try {
				const answer = await client.call(vendor.submit(input), {
					timeoutMs: answerTimeoutMs,
					signal: run.grace,
					turnSignal: signal,
					onSend: () => {
						sentAtMs = clock.now();
					},
				});
				answeredAtMs = clock.now();
				raw = answer.raw;
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
				return deadlineMs;
			},
			isIdempotent: vendor.submitIsIdempotent,
		},
	);
	if (!submitted.ok) {
		const { failure } = submitted;
		const reserved = isUnclear(failure) ? spending?.reserved() : undefined;
		if (isUnclear(failure)) spending?.end(undefined);
		else spending?.giveUp();
		const isSafeAgain = failure.reason === 'submitUnknown' && vendor.submitIsIdempotent;
		if (!mayPass(failure)) {
			entry.write({
				...submission,
				failure,
				...known({ reserved }),
				...(isSafeAgain ? { unclearRequest: request } : {}),
			});
		}
		return failed(failure);
	}
	const reference = submitted.value;
	spending?.taken(reference.cost);
	// It goes into addresses, messages and the log.
	if (!/^[\x21-\x7e]{1,256}$/.test(reference.taskId)) {
		const failure = submitUnknown(strangeTaskId(vendor.displayName));
		entry.write({ ...submission, failure, ...known({ reserved: spending?.reserved() }) });
		spending?.end(undefined);
		return failed(failure);
	}
	// The time limit begins with the submit that was taken, not with those that were refused.
	const taken = {
		...submission,
		submittedAtMs: sentAtMs,
		reference,
		...(task.plan.completion === 'callback' ? { callsBack: context.getExecutionId() } : {}),
	};
	entry.write(taken);
	run.taskIds.push(reference.taskId);
	// Nobody in this run will see its end.
	if (task.plan.completion !== 'wait') {
		run.gate.taskEnded();
		spending?.end(undefined);
	}
	// In the text, too: n8n's ordinary log leaves the metadata out, and after a crash it is all there is.
	const where = `(execution ${context.getExecutionId()}, item ${task.plan.itemIndex})`;
	context.logger.info(`${vendor.displayName} took task ${reference.taskId} ${where}`, {
		vendor: vendor.id,
		taskId: reference.taskId,
		executionId: context.getExecutionId(),
		itemIndex: task.plan.itemIndex,
	});
	return success({ submission: taken, raw, tookMs: answeredAtMs - sentAtMs });
}

function submitResultOf(outcome: Outcome<TaskReference>): SubmitResult {
	if (outcome.ok) return 'taken';
	if (outcome.failure.reason === 'tooManyAtOnce') return 'refusedWhileBusy';
	return outcome.failure.reason === 'rateLimited' ? 'refusedForSpeed' : 'other';
}

/** For an item whose turn would come after its time limit. */
function tooLate(
	vendorName: string,
	{ pauseMs, isAskedFor }: Extract<Turn, { kind: 'tooLate' }>,
): Failure {
	const why = 'the turn of this item would have come after its time limit';
	return {
		reason: 'rateLimited',
		message: failureSentence(vendorName, 'rateLimited', why),
		retryAfterMs: pauseMs,
		// A pause of our own is nothing that the vendor has asked for.
		...(isAskedFor ? {} : { hint: reasons.rateLimited.hint }),
	};
}

function strangeTaskId(vendorName: string): Failure {
	return {
		reason: 'invalidResponse',
		message: failureSentence(vendorName, 'invalidResponse', 'its task id is none'),
	};
}

/** What is sent again under the same idempotency key must be the same to the letter. */
async function requestFor(
	task: PlannedTask,
	earlier: Submission | undefined,
): Promise<Outcome<ImageRequest>> {
	if (earlier?.unclearRequest !== undefined) return success(earlier.unclearRequest);
	const { plan, place, references } = task;
	const loaded = await references();
	if (!loaded.ok) return loaded;
	return success({
		operation: plan.operation,
		vendorModel: plan.request.vendorModel,
		prompt: plan.request.prompt,
		aspectRatio: aspectRatioOf(task),
		resolution: plan.request.resolution,
		outputFormat: plan.request.outputFormat,
		imagesInTask: place.imagesInTask,
		referenceUrls: loaded.value.urls,
		referenceFiles: loaded.value.files,
	});
}

/** A submit that stayed unclear is sent again under its own key; every other one is a new task. */
function submissionFor(task: PlannedTask, earlier: Submission | undefined): Submission {
	if (earlier?.unclearRequest !== undefined) {
		const {
			failure: _unclear,
			reserved: _nowAgain,
			unclearRequest: _sentAgain,
			...submission
		} = earlier;
		return submission;
	}
	const { request } = task.plan;
	return {
		idempotencyKey: crypto.randomUUID(),
		submittedAtMs: clock.now(),
		...known({ spentBefore: earlier?.spentBefore }),
		asked: {
			model: request.model,
			prompt: request.prompt,
			aspectRatio: aspectRatioOf(task),
			resolution: request.resolution ?? null,
			warnings: request.warnings,
		},
	};
}
