import type { IWebhookFunctions } from 'n8n-workflow';

import { codeOf, failed, type ErrorCode, type Failure, type Outcome } from '../../core/failure';
import { sendWithRetry } from '../../core/sendWithRetry';
import { isTerminal, type TaskSnapshot } from '../../core/task';
import type { ImageVendor } from '../../core/vendor';
import { clock } from '../../platform/clock';
import { unexpectedFailure } from '../../platform/unexpectedFailure';
import { openVendorClient, type VendorClient } from '../../platform/vendorClient';

/** What the vendor itself says of the task that a delivery names. */
export type Verdict =
	| { readonly kind: 'ended'; readonly task: EndedTask }
	/** It still works on it, or its reads do not show the end yet. */
	| { readonly kind: 'underWay' }
	/** It knows no such task. */
	| { readonly kind: 'unknownTask' }
	/** It could not be asked just now, so nothing is known. */
	| { readonly kind: 'unasked'; readonly failure: Failure };

export interface EndedTask {
	readonly client: VendorClient;
	readonly snapshot: TaskSnapshot;
	readonly looks: number;
	readonly raw: unknown;
}

/** Whoever calls back waits for the answer, and most give up after some 10 seconds. */
const verifyTimeoutMs = 7_000;

/** Asks the vendor, with the trigger's own credential, whether the task has ended. Never throws. */
export async function verifyTask(
	context: IWebhookFunctions,
	vendor: ImageVendor,
	taskId: string,
): Promise<Verdict> {
	try {
		const opened = await openVendorClient(context, vendor);
		if (!opened.ok) return { kind: 'unasked', failure: opened.failure };
		return await askVendor(opened.value, vendor, taskId);
	} catch (error) {
		return { kind: 'unasked', failure: unexpectedFailure(error) };
	}
}

async function askVendor(
	client: VendorClient,
	vendor: ImageVendor,
	taskId: string,
): Promise<Verdict> {
	const deadlineMs = clock.now() + verifyTimeoutMs;
	let looks = 0;
	let raw: unknown;
	let seen: Outcome<TaskSnapshot> | undefined;
	await sendWithRetry<TaskSnapshot>(
		async () => {
			const timeoutMs = Math.max(1, deadlineMs - clock.now());
			const answer = await client.call(vendor.getTask(taskId), { timeoutMs });
			looks++;
			raw = answer.raw;
			seen = answer.outcome;
			const mayComeTooEarly = looks === 1 && isBehind(vendor, seen);
			return mayComeTooEarly ? failed(notYet) : seen;
		},
		{ verb: 'getTask', clock, deadlineMs },
	);
	// Undefined is ruled out: nothing stops the first look.
	return verdictOf(seen as Outcome<TaskSnapshot>, { client, looks, raw });
}

function verdictOf(seen: Outcome<TaskSnapshot>, task: Omit<EndedTask, 'snapshot'>): Verdict {
	if (seen.ok) {
		return isTerminal(seen.value.state)
			? { kind: 'ended', task: { ...task, snapshot: seen.value } }
			: { kind: 'underWay' };
	}
	return refusesTheId.has(codeOf(seen.failure))
		? { kind: 'unknownTask' }
		: { kind: 'unasked', failure: seen.failure };
}

/** An id that somebody made up is unknown, or no id at all in the vendor's eyes. */
const refusesTheId: ReadonlySet<ErrorCode> = new Set(['notFound', 'invalidRequest']);

/** Leads to one more look: a vendor may call back a moment before its own reads show the end. */
const notYet: Failure = { reason: 'vendorUnavailable', message: 'The end does not show yet' };

function isBehind(vendor: ImageVendor, seen: Outcome<TaskSnapshot>): boolean {
	if (seen.ok) return !isTerminal(seen.value.state);
	return seen.failure.reason === 'notFound' && vendor.notFoundGraceMs !== undefined;
}
