import type { ICredentialType } from 'n8n-workflow';

import type { FaultName } from '../sandbox/faultTable';
import type { JsonValue, VendorRequest, VendorResponse } from '../../nodes/NanoBanana/core/vendor';

/** Where the knowledge comes from: the tags of the contract sheet; `page` is the vendor's own page. */
export type Basis = 'page' | 'doc' | 'seen' | 'clone' | 'inferred' | 'unknown';

/** One question to the vendor, by what it is asked for. */
export type Step =
	| 'keyTest'
	| 'madeUpKey'
	| 'unknownTask'
	| 'balance'
	| 'cancelUnknown'
	| 'submit'
	| 'pollInFlight'
	| 'pollSucceeded'
	| 'pollFailed'
	| 'pollRefused'
	| 'cancelEnded'
	| 'download';

/** A question and its answer; the key is cut out of both. */
export interface Exchange {
	readonly step: Step;
	readonly request: VendorRequest;
	readonly response: VendorResponse;
	readonly durationMs: number;
	/** Answers that led to this request. */
	readonly earlier?: readonly VendorResponse[];
	/** The task that was asked for, where it was one. */
	readonly taskId?: string;
}

/** What the check has got together. A download counts as an exchange whose JSON tells of the file. */
export interface Evidence {
	readonly exchanges: readonly Exchange[];
	/** False where a relay or the sandbox answers: hosts then say nothing of the vendor. */
	readonly isAtVendor: boolean;
	/** Why the later steps are missing, for "not seen". */
	readonly missing: string;
}

/** What has to stand at a place: a value of that kind, that very value, or a text that matches. */
export type Expected =
	| { readonly kind: 'text' | 'number' | 'list' | 'object' | 'date' | 'jsonText' | 'nothing' }
	| { readonly value: JsonValue }
	| { readonly pattern: RegExp };

/**
 * How an assumption is checked, as data. Places are dotted paths into the answer's JSON
 * (`data.results.0.url`); `header:` names a header.
 */
export interface Check {
	readonly at: Step;
	readonly status?: number;
	readonly values?: Readonly<Record<string, Expected>>;
	readonly same?: readonly [string, string];
	readonly different?: readonly [string, string];
	/** Only the vendor's own address can tell: a relay or the sandbox has other hosts. */
	readonly onlyAtVendor?: true;
}

/** One thing that the vendor's folder takes for granted. */
export interface Assumption {
	readonly says: string;
	readonly basis: Basis;
	/** A text says why one run cannot tell. */
	readonly check: Check | string;
}

/** The kinds of answers that fields are documented for. */
export type AnswerKind = 'submit' | 'poll' | 'balance' | 'cancel' | 'error';

/** All that the live check has to know of a vendor. */
export interface LiveVendor extends LivePart {
	readonly id: string;
	readonly credential: ICredentialType;
}

/** What the vendor's folder says of it to the live check. */
export interface LivePart {
	/** In the form of the vendor's ids, so that it is the task that is unknown and not the form. */
	readonly unknownTaskId: string;
	/** What one 1K image of Nano Banana Pro costs, as far as the vendor publishes it. */
	readonly cost: string;
	/** Dotted paths; `[]` stands for each entry of a list. */
	readonly fields: Readonly<Partial<Record<AnswerKind, readonly string[]>>>;
	readonly assumptions: readonly Assumption[];
	/** A fault of the sandbox that breaks an assumption, and the line that tells of it. */
	readonly finding: { readonly fault: FaultName; readonly line: RegExp };
	/** Fields that come in the sandbox though no page names them, and documented ones that do not. */
	readonly undocumented?: { readonly came: readonly string[]; readonly missing: readonly string[] };
}
