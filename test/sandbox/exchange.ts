import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedBody } from './requestBody';
import type { ActiveFault } from './faults';
import type { FaultName } from './faultTable';
import type { Verb, VendorId } from './types';

/** A request to a vendor, read to its end. */
export interface ApiRequest {
	vendor: VendorId;
	method: string;
	/** Below the vendor's own base path. */
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	body: ParsedBody;
	/** The key, if there is one. */
	key: string | undefined;
}

/** What a vendor answers. */
export interface ApiReply {
	status: number;
	headers?: Record<string, string>;
	json?: unknown;
	text?: string;
	mediaType?: string;
}

/** Why a vendor says no; each vendor has its own status, code and shape for it. */
export type FailureKind =
	| 'missingKey'
	| 'wrongKey'
	| 'blockedKey'
	| 'invalidRequest'
	| 'insufficientCredit'
	| 'forbidden'
	| 'notFound'
	| 'conflict'
	| 'rateLimited'
	| 'contentRejected'
	| 'serverError'
	| 'unavailable';

/** Thrown by whatever handles a request; the server turns it into the vendor's own error. */
export class Failure extends Error {
	constructor(
		readonly kind: FailureKind,
		message: string,
		/** The vendor's code, where the kind alone does not give it. */
		readonly code?: string,
		/** The request broke the contract, which the ledger records. */
		readonly refused = false,
	) {
		super(message);
	}
}

/** A request that breaks the contract. */
export function refusal(reason: string, code?: string): Failure {
	return new Failure('invalidRequest', reason, code, true);
}

/** One call of a route. */
export interface Call {
	request: ApiRequest;
	/** The groups of the route's path. */
	pathValues: readonly string[];
	/** Asks whether one of these bends the answer now; counts it as struck. */
	bentBy(...names: FaultName[]): ActiveFault | undefined;
}

export interface Route {
	verb: Verb;
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** The member of the body that holds the prompt; absent: `prompt`, at the top or among the inputs. */
	promptAt?: string;
	/** A group called `task` holds a task's id; without it the first group does. */
	path: RegExp;
	handle(call: Call): Promise<ApiReply> | ApiReply;
}
