import type { ApiReply, FailureKind } from './exchange';
import type { ActiveFault } from './faults';
import type { FaultName } from './faultTable';
import type { Ending } from './sending';
import type { VendorEmulator, World } from './world';

/** What a fault makes of an answer. */
export interface FaultPlan {
	/** The request is handled as if nothing were wrong, only its answer is lost. */
	taken: boolean;
	/** Absent: the true answer. */
	reply?: ApiReply;
	/** Changes the true answer. */
	bend?: (reply: ApiReply) => ApiReply;
	ending: Ending;
}

interface Refusal {
	kind: FailureKind;
	message: string;
	code?: string;
}

const refusals: Partial<Record<FaultName, Refusal>> = {
	rateLimited: { kind: 'rateLimited', message: 'Too many requests' },
	rateLimitedRetrySeconds: { kind: 'rateLimited', message: 'Too many requests' },
	rateLimitedRetryDate: { kind: 'rateLimited', message: 'Too many requests' },
	usageExceeded: { kind: 'rateLimited', message: 'Usage limit exceeded', code: 'USAGE_EXCEEDED' },
	tooManyTasks: {
		kind: 'rateLimited',
		message: 'Too many concurrent jobs',
		code: 'too_many_concurrent_jobs',
	},
	maintenance: { kind: 'unavailable', message: 'The system is under maintenance', code: '455' },
	generationRefused: { kind: 'serverError', message: 'Generation failed', code: '501' },
	featureDisabled: { kind: 'serverError', message: 'The feature is disabled', code: '505' },
	badRequest: { kind: 'invalidRequest', message: 'Invalid request parameters' },
	unauthorized: { kind: 'wrongKey', message: 'Invalid API key' },
	insufficientCredit: { kind: 'insufficientCredit', message: 'Insufficient credits' },
	forbidden: { kind: 'forbidden', message: 'Access denied' },
	notFound: { kind: 'notFound', message: 'Not found' },
	conflict: { kind: 'conflict', message: 'Conflict' },
	validation: { kind: 'invalidRequest', message: 'Validation error', code: '422' },
	contentRejected: {
		kind: 'contentRejected',
		message: 'The prompt was blocked by content moderation',
	},
	serverError: { kind: 'serverError', message: 'Internal server error' },
	serverErrorAfterTaken: { kind: 'serverError', message: 'Internal server error' },
	unavailable: { kind: 'unavailable', message: 'Upstream provider is busy' },
	systemWords: {
		kind: 'invalidRequest',
		message: 'Reference image could not be fetched: ENOTFOUND, then EPERM',
	},
	okWithErrorCode: { kind: 'serverError', message: 'Internal server error' },
};

const takenByDefault = new Set<FaultName>([
	'htmlPage',
	'emptyBody',
	'brokenJson',
	'wrongShape',
	'hugeAnswer',
	'missingTaskId',
	'droppedAfterTaken',
	'droppedMidAnswer',
	'serverErrorAfterTaken',
	'gatewayTimeoutAfterTaken',
	'hangAfterTaken',
	'dripAfterTaken',
	'idBesideError',
	'idBesideRefusal',
	'idInServerError',
	'droppedAfterAnswer',
	'hangAfterAnswer',
	'byteOrderMark',
	'answerInList',
	'textBehind',
]);

/** Words that name a trouble and prove nothing. */
const words: Partial<Record<FaultName, string>> = {
	wordsOfKey: 'provider connection reset, api key rotated, retrying',
	wordsOfParameter: 'Internal error: invalid response from upstream',
	wordsOfCredit: 'insufficient balance of the pool, another one is tried',
	wordsOfModeration: 'the safety service timed out',
	wordsOfUnknownTask: 'the task record does not exist on this replica',
};

const pages: Partial<Record<FaultName, readonly [status: number, title: string]>> = {
	badRequestHtml: [400, 'Bad Request'],
	unauthorizedHtml: [401, 'Authorization Required'],
	paymentHtml: [402, 'Payment Required'],
	forbiddenHtml: [403, 'Forbidden'],
	notFoundHtml: [404, 'Not Found'],
	rateLimitedHtml: [429, 'Too Many Requests'],
	badGatewayHtml: [502, 'Bad Gateway'],
	unavailableHtml: [503, 'Service Temporarily Unavailable'],
	gatewayTimeout: [504, 'Gateway Time-out'],
	gatewayTimeoutAfterTaken: [504, 'Gateway Time-out'],
	htmlPage: [200, 'Welcome'],
};

const redirects: Partial<Record<FaultName, number>> = {
	apiRedirect: 307,
	redirect301: 301,
	redirect302: 302,
	redirect303: 303,
	redirect308: 308,
};

/** Decides what an answer fault does to one request. */
export function planAnswer(
	fault: ActiveFault,
	vendor: VendorEmulator,
	world: World,
	key: string,
): FaultPlan {
	const { specification } = fault;
	const name = specification.fault;
	const taken = specification.taken ?? takenByDefault.has(name);
	if (name === 'droppedBeforeTaken' || name === 'droppedAfterTaken') {
		return { taken, ending: 'drop' };
	}
	if (name === 'hang' || name === 'hangAfterTaken') return { taken, ending: 'hang' };
	if (name === 'dripAfterTaken') return { taken, ending: 'drip' };
	if (name === 'droppedMidAnswer') return { taken, ending: 'dropMidAnswer' };
	if (name === 'droppedAfterAnswer') return { taken, ending: 'dropAfterAnswer' };
	if (name === 'hangAfterAnswer') return { taken, ending: 'hangAfterAnswer' };
	const bend = bendingOf(fault, vendor);
	if (bend !== undefined) return { taken, bend, ending: 'send' };
	const reply = refusalReply(fault, vendor) ?? strangeReply(fault, vendor, world, key);
	return { taken, reply, ending: 'send' };
}

function refusalReply(fault: ActiveFault, vendor: VendorEmulator): ApiReply | undefined {
	const { fault: name, seconds } = fault.specification;
	const refusal = refusals[name];
	if (!refusal) return undefined;
	const { message = refusal.message, code = refusal.code } = fault.specification;
	const reply = vendor.errorReply(refusal.kind, message, code);
	if (name === 'rateLimitedRetrySeconds') {
		return { ...reply, headers: { 'retry-after': String(seconds ?? 1) } };
	}
	if (name === 'rateLimitedRetryDate') {
		const date = new Date(Date.now() + (seconds ?? 2) * 1000);
		return { ...reply, headers: { 'retry-after': date.toUTCString() } };
	}
	return name === 'okWithErrorCode' ? { ...reply, status: 200 } : reply;
}

function strangeReply(
	fault: ActiveFault,
	vendor: VendorEmulator,
	world: World,
	key: string,
): ApiReply {
	const { fault: name, url, megabytes, message = words[name], code } = fault.specification;
	const page = pages[name];
	if (page !== undefined) return htmlReply(...page);
	if (words[name] !== undefined) {
		return { ...vendor.errorReply('serverError', message ?? '', code), status: 200 };
	}
	const redirect = redirects[name];
	if (redirect !== undefined) {
		const location = url ?? `${world.filesUrl}/elsewhere`;
		return { status: redirect, headers: { location }, text: '' };
	}
	switch (name) {
		case 'errorAsString':
			return { status: 400, json: { error: 'Invalid request parameters' } };
		case 'errorAsDetail':
			return { status: 400, json: { detail: 'Invalid request parameters' } };
		case 'keyEchoed':
			return vendor.errorReply('serverError', `No upstream for Authorization: Bearer ${key}`);
		case 'keyEchoedEscaped':
			return withEscapedKey(vendor.errorReply('serverError', 'No upstream for {key}'), key);
		case 'notModified304':
			return { status: 304, text: '' };
		case 'forbiddenElsewhere':
			return { status: 403, json: { Message: 'User is not authorized to access this resource' } };
		case 'unauthorizedElsewhere':
			return { status: 401, json: { errors: [{ code: 10_000, title: 'Authentication error' }] } };
		case 'requestTimeout':
			return { status: 408, text: '' };
		case 'emptyBody':
			return { status: 200, text: '' };
		case 'brokenJson':
			return { status: 200, text: '{"data": {"id": "', mediaType: 'application/json' };
		case 'wrongShape':
			return { status: 200, json: ['this', 'is', 'no', 'answer'] };
		case 'hugeAnswer':
			return { status: 200, text: hugeText(megabytes ?? 64), mediaType: 'application/json' };
		case 'missingTaskId':
			return { status: 200, json: vendor.successWithoutTask };
		default:
			throw new Error(`The sandbox does not know how to play ${name}`);
	}
}

const hugeTexts = new Map<number, string>();

/** Made once: a vendor that never answers otherwise is polled hundreds of times. */
function hugeText(megabytes: number): string {
	const known = hugeTexts.get(megabytes);
	if (known !== undefined) return known;
	const text = JSON.stringify({ padding: 'a'.repeat(megabytes * 1024 * 1024) });
	hugeTexts.set(megabytes, text);
	return text;
}

/** What stands beside, or before, the true answer; undefined where the fault leaves it out. */
function bendingOf(
	{ specification }: ActiveFault,
	vendor: VendorEmulator,
): ((reply: ApiReply) => ApiReply) | undefined {
	const { fault: name, message = 'Internal server error', code, status } = specification;
	const beside = (error: ApiReply, usualStatus: number) => (reply: ApiReply) => ({
		...reply,
		status: status ?? usualStatus,
		json: { ...(reply.json as object), ...(error.json as object), ...dataOf(reply.json) },
	});
	switch (name) {
		case 'idBesideError':
			return beside(vendor.errorReply('serverError', message, code), 200);
		case 'idInServerError':
			return beside(vendor.errorReply('serverError', message, code), 500);
		case 'idBesideRefusal': {
			const refusal = vendor.errorReply('insufficientCredit', message, code);
			return beside(refusal, refusal.status);
		}
		case 'answerInList':
			return ({ json, ...reply }) => ({ ...reply, json: [json] });
		case 'textBehind':
			return ({ json, ...reply }) => ({
				mediaType: 'application/json',
				...reply,
				text: `${JSON.stringify(json)}<!-- served by node 7 -->`,
			});
		case 'byteOrderMark':
			return ({ json, text, ...reply }) => ({
				mediaType: 'application/json',
				...reply,
				text: `\ufeff${json === undefined ? (text ?? '') : JSON.stringify(json)}`,
			});
		default:
			return undefined;
	}
}

/** The task stands in `data` where the vendor has an envelope, and an error's own `data` is empty. */
function dataOf(json: unknown): object {
	const data = (json as { data?: unknown } | undefined)?.data;
	return data === undefined ? {} : { data };
}

/** JSON that puts the key together only when it is read. */
function withEscapedKey({ json, ...reply }: ApiReply, key: string): ApiReply {
	const escaped = [...key]
		.map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
		.join('');
	const encoded = [...key].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('');
	const base64 = Buffer.from(`Bearer ${key}`).toString('base64').replaceAll('/', '\\/');
	return {
		...reply,
		mediaType: 'application/json',
		text: JSON.stringify(json).replaceAll('{key}', `${escaped} ${encoded} ${base64}`),
	};
}

/** A page of a proxy. */
export function htmlReply(status: number, title: string): ApiReply {
	const text =
		`<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n` +
		`<center><h1>${status} ${title}</h1></center>\r\n` +
		'<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
	return { status, text, mediaType: 'text/html' };
}
