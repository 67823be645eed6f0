import type { IExecuteFunctions } from 'n8n-workflow';

import { isAborted, stopped, type Clock } from '../core/clock';
import { failed, success, type Failure, type Outcome } from '../core/failure';
import { failureSentence } from '../core/httpFailure';
import { mostUrgent } from '../core/pacer';
import { redactionOf } from '../core/redaction';
import { connectionFailure } from '../core/retryPolicy';
import { checkedImages } from '../core/resultUrls';
import type { ImageSource } from '../core/task';
import { known } from '../core/tolerant';
import { joinUrl, refusalOfVendorUrl } from '../core/urls';
import type { Exchange, ImageVendor, VendorRequest } from '../core/vendor';
import { connectionFailureReason } from './connectionErrors';
import { openCredential, type PinnedCredential } from './credentials';
import { unexpectedFailure } from './nodeErrors';
import { stopSignalOf, type NodeContext } from './nodeContext';
import { hashOf } from './orderKeys';
import { pacerFor } from './pacers';
import { closeBody, requestOptions, type RequestOptions } from './requestOptions';
import { timeoutSignal } from './timeoutSignal';
import { openAnswerReader, type HttpAnswer } from './vendorAnswer';

export interface Answer<Output> {
	readonly outcome: Outcome<Output>;
	/** The parsed answer, where there was one. */
	readonly raw?: unknown;
}

/** The single way to a vendor: adds the key and the base URL, sends once, reads the answer. */
export interface VendorClient {
	/** Without a slash at its end. */
	readonly baseUrl: string;
	/** Tells the key from any other, without revealing it: an idempotency key counts within one account. */
	markOfKey(salt: string): Promise<string>;
	/** Goes through an exchange to its outcome, each of its requests sent once. */
	call<Output>(exchange: Exchange<Output>, options: CallOptions): Promise<Answer<Output>>;
}

export interface CallOptions {
	/**
	 * The end of the wait that the exchange serves, by the run's clock. No request outlives it, except that
	 * one sent at the last minute gets a moment.
	 */
	readonly deadlineMs: number;
	/** How long the exchange may take, however late its deadline is; half a minute where it is absent. */
	readonly patienceMs?: number;
	/** Ends the request in place of Stop, where it must still go out or come back after Stop. */
	readonly signal?: AbortSignal | undefined;
	/** If the vendor limits requests, the greatest of those that wait goes first. Absent: at once. */
	readonly urgency?: () => number;
	/** This signal alone, not deadline or signal, ends the wait for a turn; nothing was sent then. */
	readonly turnSignal?: AbortSignal | undefined;
	/** Called when the first request is sent. */
	readonly onSend?: () => void;
	/** The prompt of the task, for the reader of an answer that repeats it. */
	readonly prompt?: string | undefined;
}

const usualPatienceMs = 30_000;

/** A request that is sent at its deadline, or late because it waited for its turn, still has this long. */
const shortestExchangeMs = 1_500;

/**
 * Opens the credential of the run. It is read once, so that key and base URL stay a pair, even where the
 * user changes the credential meanwhile.
 */
export async function openVendorClient(
	context: NodeContext,
	vendor: ImageVendor,
	clock: Clock,
): Promise<Outcome<VendorClient>> {
	const opened = await openCredential(context, vendor);
	if (!opened.ok) return opened;
	const credential = opened.value;
	const { apiKey, baseUrl } = credential.access;
	const pacer = await pacerFor(vendor, baseUrl, apiKey, clock);
	const readAnswer = openAnswerReader(redactionOf(apiKey));
	const client: VendorClient = {
		baseUrl,
		markOfKey: async (salt) => await hashOf([salt, apiKey]),
		call: async (exchange, callOptions) => {
			const { deadlineMs, patienceMs = usualPatienceMs } = callOptions;
			const { signal, urgency = mostUrgent, onSend, prompt } = callOptions;
			const stopOfTurn = callOptions.turnSignal ?? signal ?? stopSignalOf(context);
			const stop = signal ?? stopSignalOf(context);
			const endOfTurnMs =
				callOptions.turnSignal === undefined
					? Math.max(deadlineMs, clock.now()) + shortestExchangeMs
					: Infinity;
			let end: AbortSignal | undefined;
			let raw: unknown;
			let step = exchange;
			for (let steps = 1; steps <= maxSteps; steps++) {
				const isFirst = steps === 1;
				// An earlier step may have begun the task.
				const ended = (failure: Failure): Outcome<never> =>
					failed(isFirst ? failure : { ...failure, task: 'maybe' });
				// The key's limit counts only the requests to the vendor's API.
				const isPaced = pacer !== undefined && 'path' in step.request;
				const release = isPaced
					? await pacer.take(isFirst ? urgency : mostUrgent, stopOfTurn, endOfTurnMs)
					: noPace;
				if (release === undefined) {
					const failure = isAborted(stopOfTurn) ? stopped() : turnTooLate(vendor);
					return { outcome: ended(failure), raw };
				}
				if (isFirst) onSend?.();
				end ??= endOf(patienceMs, deadlineMs - clock.now(), stop);
				try {
					const before = isFirst ? stopOfTurn : undefined;
					const answer = await send(context, vendor, credential, step.request, end, before);
					if (!answer.ok) return { outcome: ended(answer.failure), raw };
					const seen = await readAnswer(answer.value, end);
					raw = seen.raw;
					const read = step.read({ ...seen.response, ...known({ prompt }) });
					if ('ok' in read) {
						return {
							outcome: withCheckedImages(read, baseUrl, addressOf(step.request, baseUrl)),
							raw,
						};
					}
					step = read;
				} catch (error) {
					const thrown = connectionFailureReason(error);
					const isTimeout = thrown === 'aborted' && !isAborted(stop);
					const reason = isTimeout ? 'timeout' : thrown;
					const failure =
						reason === 'aborted' ? stopped() : connectionFailure(vendor.displayName, reason);
					// A request on its way when Stop came may have arrived.
					const mayHaveArrived = reason === 'aborted';
					return { outcome: ended(mayHaveArrived ? { ...failure, task: 'maybe' } : failure), raw };
				} finally {
					release();
				}
			}
			return { outcome: failed(tooManySteps(vendor)), raw };
		},
	};
	return { ok: true, value: client };
}

/** Ends an exchange: n8n's own timeout measures silence and begins anew with each byte. */
function endOf(patienceMs: number, leftMs: number, stop: AbortSignal | undefined): AbortSignal {
	const limit = timeoutSignal(Math.min(patienceMs, Math.max(shortestExchangeMs, leftMs)));
	return stop === undefined ? limit : AbortSignal.any([stop, limit]);
}

/** Only images of an answer are fetched or passed on, and each of them must be checked first. */
function withCheckedImages<Output>(
	outcome: Outcome<Output>,
	baseUrl: string,
	answeredAt: string,
): Outcome<Output> {
	if (!outcome.ok) return outcome;
	const { images } = Object(outcome.value) as { readonly images?: readonly ImageSource[] };
	if (images === undefined) return outcome;
	return success({ ...outcome.value, images: checkedImages(images, baseUrl, answeredAt) });
}

function addressOf(request: VendorRequest, baseUrl: string): string {
	return 'url' in request ? request.url : joinUrl(baseUrl, request.path);
}

/** Sends one request: with the key to the vendor's API, without it to an address that the vendor gave. */
async function send(
	context: NodeContext,
	vendor: ImageVendor,
	credential: PinnedCredential,
	request: VendorRequest,
	signal: AbortSignal,
	/** Where it is aborted before the request has left, the request must not leave. */
	before: AbortSignal | undefined,
): Promise<Outcome<HttpAnswer>> {
	const { baseUrl } = credential.access;
	if ('url' in request) {
		const refusal = refusalOfVendorUrl(request.url, baseUrl);
		if (refusal !== undefined) {
			const why = `the node refuses the address for its next request (${refusal})`;
			const message = failureSentence(vendor.displayName, 'invalidResponse', why);
			return failed({ reason: 'invalidResponse', message });
		}
	}
	let options: RequestOptions;
	try {
		options = await requestOptions(request);
	} catch (error) {
		// This request was not sent.
		return failed(unexpectedFailure(error));
	}
	try {
		// A request that was being prepared when Stop came must not leave.
		if (isAborted(before)) return failed(stopped());
		if ('url' in request) {
			const url = new URL(request.url).toString();
			const sent = { ...options, url, abortSignal: signal };
			return success((await context.helpers.httpRequest(sent)) as HttpAnswer);
		}
		const answer: unknown = await context.helpers.httpRequestWithAuthentication.call(
			withCancelSignal(context, signal),
			vendor.credentialType,
			{ ...options, url: joinUrl(baseUrl, request.path, request.query) },
			{ credentialsDecrypted: credential.copy() },
		);
		return success(answer as HttpAnswer);
	} finally {
		closeBody(options);
	}
}

/** No vendor needs more requests for one answer; one that goes in circles is given up. */
const maxSteps = 5;

function turnTooLate(vendor: ImageVendor): Failure {
	const why = 'its turn did not come in time, because other requests use the same key';
	return {
		reason: 'rateLimited',
		message: failureSentence(vendor.displayName, 'rateLimited', why),
	};
}

function tooManySteps(vendor: ImageVendor): Failure {
	const message = failureSentence(
		vendor.displayName,
		'invalidResponse',
		'it asks for one more request again and again',
	);
	return { reason: 'invalidResponse', message, task: 'maybe' };
}

/** Stands in for a vendor that cannot be asked: sends nothing, and every answer says why. */
export function refusedClient(failure: Failure): VendorClient {
	return {
		baseUrl: '',
		markOfKey: () => Promise.resolve(''),
		call: () => Promise.resolve({ outcome: failed(failure) }),
	};
}

function noPace(): void {
	// A vendor without a published limit counts nothing.
}

/** n8n's helper puts the execution's own signal on every request: nothing would leave after Stop. */
function withCancelSignal(context: NodeContext, signal: AbortSignal): IExecuteFunctions {
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => signal },
	}) as IExecuteFunctions;
}
