import type { ICredentialTestRequest } from 'n8n-workflow';

type Rules = NonNullable<ICredentialTestRequest['rules']>;
type StatusRule = Extract<Rules[number], { type: 'responseCode' }>;
type BodyRule = Extract<Rules[number], { type: 'responseSuccessBody' }>;

export interface KeyTestWords {
	readonly vendor: string;
	/** The URL of the user's keys, written out because n8n shows no links in the message. */
	readonly keysPage: string;
	/** Follows "refused the API key": a common cause at this vendor. */
	readonly refusedHint?: string;
	/** Follows "has blocked it": how to unblock a correct key at this vendor. */
	readonly blockedHint?: string;
}

/** A value somewhere in the answer's body, and its verdict on the key. */
export type BodySign = readonly [
	place: string,
	value: string | number | boolean | undefined,
	verdict: Verdict,
];
export type Verdict =
	'refused' | 'blocked' | 'notAccepted' | 'noCredit' | 'busy' | 'unavailable' | 'wrongAddress';

const verdictOfStatus: ReadonlyArray<readonly [status: number, verdict: Verdict]> = [
	[401, 'refused'],
	[403, 'blocked'],
	[405, 'wrongAddress'],
	[429, 'busy'],
	...[301, 302, 303, 307, 308].map((status) => [status, 'wrongAddress'] as const),
	...[500, 502, 503, 504, 530].map((status) => [status, 'unavailable'] as const),
];

/**
 * The vendor checks the key first, so every status except these proves the key: above all the 404 for a
 * task that does not exist. n8n 1.121 ignores `except` and accepts every status. There only the signs in
 * the body decide.
 */
export function keyTestStatuses(...alsoAccepted: readonly number[]): {
	ignore: true;
	except: number[];
} {
	const telling = verdictOfStatus.map(([status]) => status);
	return { ignore: true, except: telling.filter((status) => !alsoAccepted.includes(status)) };
}

/** The rules that judge the vendor's answer. A body sign counts only if n8n accepts the status. */
export function keyTestRules(words: KeyTestWords, signs: readonly BodySign[]): Rules {
	const byStatus = verdictOfStatus.map(([status, verdict]): StatusRule => ({
		type: 'responseCode',
		properties: { value: status, message: messageOf(verdict, words) },
	}));
	const byBody = [...signs, textInsteadOfJson].map(([key, value, verdict]): BodyRule => ({
		type: 'responseSuccessBody',
		properties: { key, value, message: messageOf(verdict, words) },
	}));
	// n8n goes through both kinds in one list; only its type asks for one kind in each list.
	return [...byStatus, ...byBody] as Rules;
}

/**
 * Signs of a bad key in the body: the documented words, and those of the frameworks that vendors build on.
 */
export const commonRefusals: readonly BodySign[] = [
	...signsAt(
		'refused',
		['code', 'status', 'statusCode', 'error.code', 'error.status'],
		[401, '401'],
	),
	...signsAt(
		'refused',
		['code', 'error', 'error.code', 'error.type'],
		[
			'unauthorized',
			'UNAUTHORIZED',
			'invalid_api_key',
			'missing_api_key',
			'missing_authorization',
			'invalid_token',
			'authentication_error',
		],
	),
	...signsAt(
		'refused',
		['error', 'message', 'msg', 'detail', 'error.message'],
		[
			'Unauthorized',
			'Unauthenticated',
			'Not authenticated',
			'Authentication required',
			'Invalid API key',
			'Invalid api key',
			'invalid api key',
			'Missing API key',
			'Invalid token',
		],
	),
];

/** Like `commonRefusals`, for a correct key without the permission. */
export const commonBlocks: readonly BodySign[] = [
	...signsAt(
		'blocked',
		['code', 'status', 'statusCode', 'error.code', 'error.status'],
		[403, '403'],
	),
	...signsAt(
		'blocked',
		['code', 'error', 'error.code', 'error.type'],
		[
			'forbidden',
			'FORBIDDEN',
			'permission_error',
			'permission_denied',
			'key_blocked',
			'api_access_not_approved',
		],
	),
	...signsAt(
		'blocked',
		['error', 'message', 'msg', 'detail', 'error.message'],
		['Forbidden', 'Permission denied', 'This API key is blocked', 'API key is disabled'],
	),
];

/** A body that is not JSON reaches the rules as text: the answer did not come from an API. */
const textInsteadOfJson: BodySign = ['constructor.name', 'String', 'wrongAddress'];

function signsAt(
	verdict: Verdict,
	places: readonly string[],
	values: ReadonlyArray<string | number>,
): readonly BodySign[] {
	return places.flatMap((place) => values.map((value) => [place, value, verdict] as const));
}

function messageOf(
	verdict: Verdict,
	{ vendor, keysPage, refusedHint, blockedHint }: KeyTestWords,
): string {
	const keys = `Your API keys: ${keysPage}`;
	switch (verdict) {
		case 'refused':
			return [`${vendor} refused the API key.`, refusedHint ?? 'Paste it again.', keys].join(' ');
		case 'blocked':
			return [
				`${vendor} knows the API key, but has blocked it.`,
				blockedHint ?? 'Check its limits and allowed addresses in the dashboard.',
				keys,
			].join(' ');
		case 'notAccepted':
			return `${vendor} did not accept the API key: it is wrong or blocked. ${blockedHint ?? 'Paste it again, and check it in the dashboard.'} ${keys}`;
		case 'noCredit':
			return `${vendor} knows the API key, but the account has no credit left. Top it up: ${new URL(keysPage).origin}`;
		case 'busy':
			return `${vendor} received too many requests just now, so the key was not checked. Try again in a minute.`;
		case 'unavailable':
			return `${vendor} is not available right now, so the key was not checked. Try again later.`;
		case 'wrongAddress':
			return `The server at the base URL is not ${vendor}, so the key was not checked. Check the base URL.`;
	}
}
