import type { ApiReply, FailureKind } from './exchange';
import type { ActiveFault } from './faults';
import type { FaultName } from './faultTable';
import type { VendorEmulator, World } from './world';

/** What a fault makes of an answer. */
export interface FaultPlan {
	/** The request is handled as if nothing were wrong, only its answer is lost. */
	taken: boolean;
	/** Absent: the true answer. */
	reply?: ApiReply;
	ending: 'send' | 'drop' | 'dropMidAnswer' | 'hang';
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
]);

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
	if (name === 'droppedMidAnswer') return { taken, ending: 'dropMidAnswer' };
	const reply = refusalReply(fault, vendor) ?? strangeReply(fault, vendor, world, key);
	return { taken, reply, ending: 'send' };
}

function refusalReply(fault: ActiveFault, vendor: VendorEmulator): ApiReply | undefined {
	const { fault: name, seconds } = fault.specification;
	const refusal = refusals[name];
	if (!refusal) return undefined;
	const reply = vendor.errorReply(refusal.kind, refusal.message, refusal.code);
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
	const { fault: name, url, megabytes } = fault.specification;
	switch (name) {
		case 'errorAsString':
			return { status: 400, json: { error: 'Invalid request parameters' } };
		case 'errorAsDetail':
			return { status: 400, json: { detail: 'Invalid request parameters' } };
		case 'keyEchoed':
			return vendor.errorReply('serverError', `No upstream for Authorization: Bearer ${key}`);
		case 'badGatewayHtml':
			return htmlReply(502, 'Bad Gateway');
		case 'unavailableHtml':
			return htmlReply(503, 'Service Temporarily Unavailable');
		case 'gatewayTimeout':
		case 'gatewayTimeoutAfterTaken':
			return htmlReply(504, 'Gateway Time-out');
		case 'requestTimeout':
			return { status: 408, text: '' };
		case 'htmlPage':
			return htmlReply(200, 'Welcome');
		case 'emptyBody':
			return { status: 200, text: '' };
		case 'brokenJson':
			return { status: 200, text: '{"data": {"id": "', mediaType: 'application/json' };
		case 'wrongShape':
			return { status: 200, json: ['this', 'is', 'no', 'answer'] };
		case 'hugeAnswer':
			return { status: 200, json: { padding: 'x'.repeat((megabytes ?? 64) * 1024 * 1024) } };
		case 'missingTaskId':
			return { status: 200, json: vendor.successWithoutTask };
		case 'apiRedirect':
			return {
				status: 307,
				headers: { location: url ?? `${world.filesUrl}/elsewhere` },
				text: '',
			};
		default:
			throw new Error(`The sandbox does not know how to play ${name}`);
	}
}

function htmlReply(status: number, title: string): ApiReply {
	const text =
		`<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n` +
		`<center><h1>${status} ${title}</h1></center>\r\n` +
		'<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';
	return { status, text, mediaType: 'text/html' };
}
