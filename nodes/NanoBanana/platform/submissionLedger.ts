import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Failure } from '../core/failure';
import type { ImageRequest } from '../core/request';
import type { TaskReference } from '../core/task';
import { objectOf } from '../core/tolerant';
import type { ImageVendor } from '../core/vendor';
import { isAgentTool } from './agentTool';
import { runIndexOf } from './nodeContext';

/**
 * What was submitted in this execution, kept in the node's context: n8n hands that to every further
 * run of the node (Retry On Fail, continue with a first item that failed) and saves it with the
 * execution ("Retry execution"). A task found there is picked up instead of being bought again.
 */
export interface SubmissionLedger {
	/** Opens the entry of one task, whose key says for what it was submitted. */
	entry(task: LedgerTask): Promise<LedgerEntry>;
	/**
	 * To be called when the run ends.
	 *
	 * @param end whether every image was handed on, or a failure was (which n8n may answer with a
	 * further run), or the run threw (which Retry On Fail answers with a further run)
	 */
	close(end: RunEnd): void;
}

export type RunEnd = 'delivered' | 'failed' | 'threw';

export interface LedgerTask {
	readonly itemIndex: number;
	/** Among those of its ratio, where the item asks for several. */
	readonly firstImageIndex: number;
	/** Undefined where the item asks for one ratio. */
	readonly aspectRatio: string | undefined;
}

export interface LedgerEntry {
	read(): Submission | undefined;
	write(submission: Submission): void;
}

/** Plain JSON, since it is saved with the execution. */
export interface Submission {
	/** Minted once per task; a submit that is sent again under it is the same task. */
	readonly idempotencyKey: string;
	/** Milliseconds since the epoch: when it was first sent. */
	readonly submittedAtMs: number;
	/** What was asked for, expressions resolved: they may resolve to something else the next time. */
	readonly asked: AskedImage;
	/** The parked execution that the vendor calls back when the task has ended. */
	readonly callsBack?: string;
	/** Present once the vendor has taken the task. */
	readonly reference?: TaskReference;
	/** Present where asking again cannot help or is not safe. */
	readonly failure?: Failure;
	/** What an unclear submit counts toward Max Cost, in the vendor's unit. */
	readonly reserved?: number;
	/** What earlier tasks for the same image have cost that brought none. */
	readonly spentBefore?: number;
	/** Kept where a submit that stayed unclear may be sent again under its key. */
	readonly unclearRequest?: ImageRequest;
}

export interface AskedImage {
	readonly model: string;
	readonly prompt: string;
	readonly aspectRatio: string;
	readonly resolution: string | null;
	readonly warnings: readonly string[];
}

/**
 * Parameters that the vendor sees. A change of any other (file name, output, timeout, polling) does not
 * make another task.
 */
const parametersOfTask = [
	'vendor',
	'resource',
	'operation',
	'model',
	'prompt',
	'referenceBinaryFields',
	'referenceUrls',
	'aspectRatio',
	'resolution',
	'outputFormat',
	'numberOfImages',
] as const;

const contextKey = 'submissions';

export function openSubmissionLedger(
	context: IExecuteFunctions,
	vendor: ImageVendor,
	baseUrl: string,
): SubmissionLedger {
	const saved = context.getContext('node');
	const submissions = (objectOf(saved[contextKey]) ?? {}) as Record<string, unknown>;
	saved[contextKey] = submissions as IDataObject;
	const runIndex = runIndexOf(context);
	const slots = isAgentTool(context) ? openSlots(context, submissions) : undefined;
	const hashes = new Map<number, Promise<string>>();
	const hashOfItem = (itemIndex: number): Promise<string> => {
		const known = hashes.get(itemIndex);
		if (known !== undefined) return known;
		const hash = hashOf([
			context.getNode().credentials?.[vendor.credentialType]?.id ?? null,
			addressOf(baseUrl),
			unevaluatedParameters(context),
			inputOf(context, context.getInputData()[itemIndex]),
		]);
		hashes.set(itemIndex, hash);
		return hash;
	};
	return {
		async entry({ itemIndex, firstImageIndex, aspectRatio }) {
			const hash = await hashOfItem(itemIndex);
			const key = [itemIndex, firstImageIndex, aspectRatio ?? [], hash].flat().join(':');
			const place = slots === undefined ? `${runIndex}:${key}` : slots.take(key);
			return {
				read: () => objectOf(submissions[place]) as Submission | undefined,
				write: (submission) => {
					submissions[place] = submission;
				},
			};
		},
		close: (end) => slots?.close(end),
	};
}

/** Who works on an order of an agent, or will at its next try. */
interface Claim {
	/** The arguments of the call: one object for all of its tries, another for each call. */
	readonly call: object;
	readonly tries: number;
}

/** By the ledger that they are about. Of this process alone, since a try that died with it holds nothing. */
const claimsOfLedger = new WeakMap<object, Map<string, Claim>>();

interface Slots {
	take(key: string): string;
	close(end: RunEnd): void;
}

/**
 * The orders of an agent's tool. n8n counts its run index up at every try, so it says nothing; and a
 * model may ask for the same picture several times, also at once. An order that was handed over is
 * forgotten: the same words are a new one. One that has failed is picked up by the next try of its own
 * call; by another call only when it has no further try.
 */
function openSlots(context: IExecuteFunctions, submissions: Record<string, unknown>): Slots {
	const claims = claimsOfLedger.get(submissions) ?? new Map<string, Claim>();
	claimsOfLedger.set(submissions, claims);
	const call = context.getInputData()[0]?.json ?? {};
	const taken = new Map<string, string>();
	const find = (key: string): string => {
		const places = [...new Set([...Object.keys(submissions), ...claims.keys()])];
		const ofKey = places.filter((place) => place.startsWith(`${key}#`));
		const own = ofKey.find((place) => claims.get(place)?.call === call);
		const open = ofKey.find((place) => !claims.has(place));
		return own ?? open ?? `${key}#${crypto.randomUUID()}`;
	};
	return {
		take(key) {
			const place = taken.get(key) ?? find(key);
			if (!taken.has(key)) {
				const tries = (claims.get(place)?.tries ?? 0) + 1;
				claims.set(place, { call, tries });
			}
			taken.set(key, place);
			return place;
		},
		close(end) {
			for (const place of taken.values()) {
				const tries = claims.get(place)?.tries ?? 0;
				if (end === 'delivered') delete submissions[place];
				const isTriedAgain = end === 'threw' && tries < triesOf(context);
				if (!isTriedAgain) claims.delete(place);
			}
		},
	};
}

/** How often n8n runs a node that throws. */
function triesOf(context: IExecuteFunctions): number {
	const { retryOnFail, maxTries = 3 } = context.getNode();
	return retryOnFail === true ? Math.min(5, Math.max(2, maxTries)) : 1;
}

/** As the user typed them: `{{ $now }}` in a prompt must not look like another prompt at each run. */
function unevaluatedParameters(context: IExecuteFunctions): unknown {
	const { parameters } = context.getNode();
	const options = objectOf(parameters.options);
	return [
		...parametersOfTask.map((name) => parameters[name] ?? null),
		options?.customModel ?? null,
		// Only where it is used: executions that were saved before it existed must be found as they are.
		...(isEmpty(options?.aspectRatios) ? [] : [options?.aspectRatios]),
	];
}

function isEmpty(value: unknown): boolean {
	return (value ?? '') === '' || (Array.isArray(value) && value.length === 0);
}

/** However the user spells it: a slash at its end, the case of the host, the default port. */
function addressOf(baseUrl: string): string {
	const { origin, pathname } = new URL(baseUrl);
	return origin + pathname.replace(/\/+$/, '');
}

/** Files count by the name that n8n gave them, and by themselves where it keeps them in memory. */
function inputOf(context: IExecuteFunctions, item: INodeExecutionData | undefined): unknown {
	const files = Object.entries(item?.binary ?? {}).map(([field, { id, data }]) => [
		field,
		id ?? data,
	]);
	const { toolCallId: _ofThisCall, ...ofAgent } = item?.json ?? {};
	return plain([isAgentTool(context) ? ofAgent : (item?.json ?? null), files], []);
}

/**
 * The same value as plain JSON, whatever a node before has put into the item: circles and big numbers
 * are said in words. Of a stored file only its own name is kept, since n8n moves it after the run.
 */
function plain(value: unknown, within: readonly object[]): unknown {
	if (typeof value === 'string') return storedFile.exec(value)?.[1] ?? value;
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value !== 'object' || value === null) return value;
	if (within.includes(value)) return `circle to ${within.indexOf(value)}`;
	const inside = [...within, value];
	if (Array.isArray(value)) return value.map((entry) => plain(entry, inside));
	if ('toJSON' in value && typeof value.toJSON === 'function') {
		try {
			return plain((value as { toJSON(): unknown }).toJSON(), inside);
		} catch {
			// Then it counts by its fields.
		}
	}
	return Object.entries(value).map(([name, entry]) => [name, plain(entry, inside)]);
}

/** `filesystem-v2:workflows/…/executions/temp/binary_data/<UUID>`, and the same in other storages. */
const storedFile =
	/^(?:filesystem|filesystem-v2|s3|azure|database):\S*?([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

async function hashOf(value: unknown): Promise<string> {
	const bytes = new TextEncoder().encode(JSON.stringify(value));
	return Buffer.from(await crypto.subtle.digest('SHA-256', bytes))
		.toString('hex')
		.slice(0, 32);
}
