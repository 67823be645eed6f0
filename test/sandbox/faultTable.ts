import type { Verb } from './types';

/**
 * answer: replaces the vendor's answer. delay: comes on top of any answer. shape: bends the true
 * answer. outcome: decides how a task ends, when it is taken. file: what a result URL serves.
 * callback: what happens to a callback. id: what a task is called.
 */
export type FaultKind = 'answer' | 'delay' | 'shape' | 'outcome' | 'id' | 'file' | 'callback';

export interface FaultEntry {
	about: string;
	kind: FaultKind;
	verbs: readonly Verb[];
	/** Only vendors that name it among their own faults play it; absent: each that has the verb. */
	some?: true;
	/** How often it strikes where `times` is not given; absent: until cleared. */
	times?: number;
}

const calls = ['submit', 'getTask', 'cancel', 'upload', 'balance'] as const;
const reads = ['getTask', 'cancel', 'upload', 'balance'] as const;
const submit = ['submit'] as const;
const getTask = ['getTask'] as const;
const download = ['download'] as const;
const callback = ['callback'] as const;

const answer = { kind: 'answer', verbs: calls } as const;
const shape = { kind: 'shape', verbs: getTask } as const;
const outcome = { kind: 'outcome', verbs: submit } as const;
const id = { kind: 'id', verbs: submit } as const;
const file = { kind: 'file', verbs: download } as const;
const call = { kind: 'callback', verbs: callback } as const;

/** Every fault that exists, in one line each. Arguments are fields of the fault's specification. */
export const faultTable = {
	// Documented refusals, in the vendor's own shape; the task is not taken.
	rateLimited: { ...answer, about: '429 without Retry-After' },
	rateLimitedRetrySeconds: { ...answer, about: '429 with Retry-After in `seconds` (1)' },
	rateLimitedRetryDate: { ...answer, about: '429 with Retry-After as a date `seconds` (2) away' },
	usageExceeded: {
		...answer,
		verbs: submit,
		some: true,
		about: '429 USAGE_EXCEEDED: waiting does not help',
	},
	tooManyTasks: {
		...answer,
		verbs: submit,
		some: true,
		about: '429 too many concurrent jobs: wait for one of ours to end',
	},
	maintenance: { ...answer, some: true, about: 'body code 455 in HTTP 200' },
	generationRefused: {
		...answer,
		verbs: submit,
		some: true,
		about: 'body code 501 in HTTP 200 on a create',
	},
	featureDisabled: {
		...answer,
		verbs: submit,
		some: true,
		about: 'body code 505 in HTTP 200',
	},
	badRequest: {
		...answer,
		some: true,
		about: '400',
	},
	unauthorized: { ...answer, about: '401: the key is refused all of a sudden' },
	insufficientCredit: { ...answer, verbs: submit, about: '402' },
	forbidden: { ...answer, some: true, about: '403' },
	notFound: {
		...answer,
		verbs: ['getTask', 'cancel'],
		some: true,
		about: '404: the vendor does not know the task',
	},
	conflict: {
		...answer,
		verbs: ['submit', 'cancel'],
		some: true,
		about: '409: on a create (key used) or on a cancel (worker started), as the vendor has it',
	},
	validation: { ...answer, some: true, about: '422 (body code)' },
	contentRejected: {
		...answer,
		verbs: submit,
		some: true,
		about: '451: the prompt is blocked by moderation',
	},
	serverError: { ...answer, about: '500 in the documented shape' },
	unavailable: {
		...answer,
		some: true,
		about: '503 in the documented shape: refused, not taken',
	},
	errorAsString: {
		...answer,
		some: true,
		about: '400 with `error` as a string',
	},
	errorAsDetail: {
		...answer,
		some: true,
		about: '400 with `detail` as a string',
	},
	keyEchoed: { ...answer, about: '500 whose message repeats the key that was sent' },

	// What a proxy, or nobody, answers.
	badGatewayHtml: { ...answer, about: '502 with an HTML page' },
	unavailableHtml: { ...answer, about: '503 with an HTML page: no documented refusal' },
	gatewayTimeout: { ...answer, about: '504 with an HTML page; the task is not taken' },
	requestTimeout: { ...answer, verbs: reads, about: '408 with an empty body' },
	htmlPage: { ...answer, about: '200 with an HTML page; a task is taken' },
	emptyBody: { ...answer, about: '200 with nothing; a task is taken' },
	brokenJson: { ...answer, about: '200 with JSON that breaks off; a task is taken' },
	wrongShape: { ...answer, about: '200 with a JSON array; a task is taken' },
	hugeAnswer: { ...answer, about: '200 with `megabytes` (64) of JSON; a task is taken' },
	okWithErrorCode: {
		...answer,
		some: true,
		about: 'HTTP 200 whose envelope says server error',
	},
	missingTaskId: {
		...answer,
		verbs: submit,
		about: 'success without a task id; a task is taken',
	},
	apiRedirect: {
		...answer,
		about: '307 to `url` (a path on the files origin, where a key would be a leak)',
	},
	redirect301: { ...answer, about: '301 to `url`, as above' },
	redirect302: { ...answer, about: '302 to `url`, as above' },
	redirect303: { ...answer, about: '303 to `url`, as above' },
	redirect308: { ...answer, about: '308 to `url`, as above' },
	notModified304: { ...answer, about: '304 without a body' },

	// Statuses that the vendors document, but not in their shape: a firewall or a proxy speaks.
	badRequestHtml: { ...answer, about: '400 with an HTML page' },
	unauthorizedHtml: { ...answer, about: '401 with an HTML page' },
	paymentHtml: { ...answer, about: '402 with an HTML page' },
	forbiddenHtml: { ...answer, about: '403 with an HTML page of a firewall' },
	notFoundHtml: { ...answer, about: '404 with an HTML page' },
	rateLimitedHtml: { ...answer, about: '429 with an HTML page of a firewall' },
	forbiddenElsewhere: {
		...answer,
		about: '403 with {"Message": …}, as a gateway of a cloud says it',
	},
	unauthorizedElsewhere: { ...answer, about: '401 with a list of errors that is no vendor’s' },

	// Trouble in words, in the shape of an error, at HTTP 200 (`message` says others).
	wordsOfKey: { ...answer, about: '"provider connection reset, api key rotated, retrying"' },
	wordsOfParameter: { ...answer, about: '"Internal error: invalid response from upstream"' },
	wordsOfCredit: { ...answer, about: '"insufficient balance of the pool, another one is tried"' },
	wordsOfModeration: { ...answer, about: '"the safety service timed out"' },
	wordsOfUnknownTask: { ...answer, about: '"the record does not exist on this replica"' },

	// A task that is named is taken, whatever stands beside it.
	idBesideError: {
		...answer,
		verbs: submit,
		about: 'the id stands beside a server error, at HTTP 200',
	},
	idBesideRefusal: {
		...answer,
		verbs: submit,
		about: 'the id stands beside a documented refusal, with its status (`status`)',
	},
	idInServerError: {
		...answer,
		verbs: submit,
		about: 'the id stands beside an error, at HTTP 500',
	},
	answerInList: { ...answer, verbs: submit, about: 'the answer stands in a list' },
	textBehind: { ...answer, verbs: submit, about: 'a comment of HTML follows the JSON' },
	droppedAfterAnswer: { ...answer, about: 'reset after the whole answer, whose end was not said' },
	hangAfterAnswer: { ...answer, about: 'silence after the whole answer, whose end was not said' },
	byteOrderMark: { ...answer, about: 'a byte order mark before the answer' },
	droppedBeforeTaken: { ...answer, about: 'connection reset; the task is not taken' },
	droppedAfterTaken: { ...answer, about: 'connection reset; a task is taken and charged' },
	droppedMidAnswer: { ...answer, about: 'reset in the middle of the answer; a task is taken' },
	serverErrorAfterTaken: { ...answer, verbs: submit, about: '500, yet a task is taken' },
	gatewayTimeoutAfterTaken: { ...answer, verbs: submit, about: '504 HTML, yet a task is taken' },
	hang: { ...answer, about: 'never answers; the task is not taken' },
	hangAfterTaken: { ...answer, about: 'never answers; a task is taken' },
	dripAfterTaken: {
		...answer,
		about: 'a blank every 200 ms and never an answer; a task is taken',
	},
	keyEchoedEscaped: {
		...answer,
		about: '500 whose message repeats the key, each character escaped, URL-encoded and in base64',
	},
	systemWords: {
		...answer,
		some: true,
		about: '400 whose message holds words that n8n has texts of its own for (ENOTFOUND, EPERM)',
	},
	slowAnswer: { kind: 'delay', verbs: calls, about: 'the true answer, `ms` (500) late' },

	// The true answer, bent.
	created201: { kind: 'shape', verbs: submit, about: 'a create is answered 201' },
	accepted202: { kind: 'shape', verbs: submit, about: 'a create is answered 202' },
	nullFields: {
		kind: 'shape',
		verbs: ['submit', 'getTask'],
		about: 'null where a field would be left out',
	},
	emptyStringFields: {
		kind: 'shape',
		verbs: ['submit', 'getTask'],
		about: '"" where a field would be left out',
	},
	unknownState: { ...shape, about: 'a state word nobody documented (`state`)' },
	stateRunning: {
		...shape,
		some: true,
		about: '`running` instead of `processing`, as one client saw',
	},
	stateUnknownWord: {
		...shape,
		some: true,
		about: 'the documented in-flight state `unknown`',
	},
	stateInOtherCase: { ...shape, about: 'the state in another case, with blanks around it' },
	unknownStateWithImages: {
		...shape,
		some: true,
		about: 'a state word nobody documented (`state`), yet the images are there',
	},
	goneForNow: { ...shape, about: '410 without a body for `ms` (300) after the create' },
	unknownForNow: { ...shape, about: '404 with an HTML page for `ms` (300) after the create' },
	stateGoesBack: { ...shape, about: 'a finished task is shown as running again' },
	stateBehind: {
		...shape,
		about: 'an ended task is shown as running for `ms` (1000) from the first poll after its end on',
	},
	emptySuccess: { ...shape, about: 'success without a URL; `times` polls, or for ever' },
	hostileResultUrl: {
		...shape,
		about: 'success whose URL is `url` (http://169.254.169.254/latest/meta-data/)',
	},
	scriptResultUrl: { ...shape, about: 'success whose URL is `url` (javascript:alert(1))' },
	urlWithoutScheme: { ...shape, about: 'success whose URLs begin with //' },
	urlWithoutHost: {
		...shape,
		some: true,
		about: 'success whose URLs begin with the path: the results lie on the host of the API',
	},
	resultAsDataUri: { ...shape, about: 'success with a data: URI in the place of each URL' },
	resultAsBase64: { ...shape, about: 'success with base64 in the place of each URL' },
	wordsInstead: { ...shape, about: 'success with words and no image' },
	moderatedInstead: { ...shape, about: 'success without an image, with words of moderation' },
	manyResultUrls: {
		...shape,
		some: true,
		about: 'success that names the image 20,000 times',
	},
	largeAnswer: {
		kind: 'shape',
		verbs: ['submit', 'getTask'],
		about: 'the true answer with `megabytes` (1) of something else in it',
	},
	hostileTaskUrls: {
		kind: 'shape',
		verbs: submit,
		some: true,
		about: 'status_url and cancel_url lead to the files origin, where a key would be a leak',
	},
	bareData: {
		kind: 'shape',
		verbs: ['submit', 'getTask'],
		some: true,
		about: 'the answer is {data} without code and message, as the page shows it',
	},
	recordInfoNull: {
		...shape,
		some: true,
		about: '422 "recordInfo is null" for `ms` (300) after the create',
	},
	recordInfoNotFound: {
		...shape,
		some: true,
		about: 'HTTP 404 and code 404 for `ms` (300) after the create, and for unknown tasks',
	},
	uploadEnveloped: {
		kind: 'shape',
		verbs: ['upload'],
		some: true,
		about: "the upload's answer in the usual envelope {success, data}",
	},
	resultJsonObject: { ...shape, some: true, about: 'resultJson is an object' },
	resultJsonEmptyString: {
		...shape,
		some: true,
		about: 'resultJson is "" on success; `times` polls, or for ever',
	},
	resultJsonNull: {
		...shape,
		some: true,
		about: 'resultJson is null on success; `times` polls, or for ever',
	},
	resultUrlsOnly: { ...shape, some: true, about: 'only output.resultUrls' },
	primaryUrlOnly: { ...shape, some: true, about: 'only primary_url' },
	imageUrlOnly: { ...shape, some: true, about: 'only image_url' },
	fewerImages: {
		...shape,
		some: true,
		about: 'one image less than asked comes, its credits are refunded',
	},
	moreImages: {
		...shape,
		some: true,
		about: 'one image more than asked comes',
	},
	failureAsObject: {
		...shape,
		some: true,
		about: 'a failed task whose `error` is an object',
	},
	failureElsewhere: {
		...shape,
		some: true,
		about: 'the failure text stands in `field` (failMsg | error | error.message)',
	},

	// How a task ends.
	taskFails: { ...outcome, about: "the task fails, in the vendor's shape" },
	taskModerated: { ...outcome, about: 'the task fails because of its content' },
	taskCanceled: { ...outcome, some: true, about: 'the task ends as CANCELLED' },
	taskNeverEnds: { ...outcome, about: 'the task runs for ever' },

	// What a task is called.
	idWithBlanks: { ...id, about: 'blanks around the id' },
	idWithLineEnd: { ...id, about: 'a line end after the id' },
	idWithBlankInside: { ...id, about: 'blanks within the id' },
	idWithUmlauts: { ...id, about: 'umlauts in the id' },
	idWithSlash: { ...id, about: 'a slash, a question mark and a percent sign in the id' },
	idOf257: { ...id, about: 'an id of 257 characters' },
	idUnusable: { ...id, about: 'a control character in the id' },
	idOfPlaceholder: { ...id, about: 'an id in the form of those of placeholder images' },
	idBeyond53Bits: { ...id, about: 'the id is a JSON number of 19 digits' },

	// What a result URL serves.
	fileHtml: { ...file, about: '200 with an HTML page under an image URL' },
	fileSvg: { ...file, about: '200 with an SVG that carries a script' },
	fileEmpty: { ...file, about: '200 with no bytes' },
	fileTruncated: { ...file, about: 'announces more bytes than it sends, then closes' },
	fileBroken: { ...file, about: 'random bytes, called an image' },
	filePacked: { ...file, about: 'the picture, packed with gzip although nobody asked for it' },
	filePackedCut: { ...file, about: 'the first half of the packed picture, as if that were all' },
	fileCut: { ...file, about: 'the first half of the picture in chunks, as if that were all' },
	fileAvif: { ...file, about: 'an AVIF instead' },
	fileLongHeader: { ...file, about: 'a JPEG with 1.6 MB and stray bytes before its size' },
	fileOtherSize: { ...file, about: 'a smaller picture of another ratio' },
	fileHugeAnnounced: { ...file, about: '`megabytes` (200) with a Content-Length' },
	fileHugeUnannounced: { ...file, about: '`megabytes` (200) without a Content-Length' },
	fileSlowDrip: { ...file, about: 'the picture in 20 pieces, `ms` (50) apart' },
	fileHang: { ...file, about: 'headers and a first piece, then nothing for ever' },
	fileResetMidBody: { ...file, about: 'connection reset in the middle of the bytes' },
	fileRedirect1: { ...file, about: '1 redirect, then the picture' },
	fileRedirect3: { ...file, about: '3 redirects, then the picture' },
	fileRedirect5: { ...file, about: '5 redirects, then the picture' },
	fileRedirectLoop: { ...file, about: 'redirects to itself for ever' },
	fileRedirectPrivate: {
		...file,
		about: 'redirects to `url` (http://169.254.169.254/latest/meta-data/)',
	},
	fileNotFound: { ...file, about: '404' },
	fileGone: { ...file, about: '410: the link has expired' },
	fileForbidden: { ...file, about: '403 XML: the signature has expired' },
	fileRateLimited: { ...file, about: '429 with Retry-After `seconds` (1)' },
	fileServerError: { ...file, times: 1, about: '500, by default once, then fine' },
	fileUnavailable: { ...file, times: 1, about: '503, by default once, then fine' },
	fileWrongMediaType: {
		...file,
		about: 'the right bytes with the header text/plain',
	},
	fileHostileName: {
		...file,
		about: 'the right bytes with a Content-Disposition of ../../etc/passwd',
	},

	// Callbacks.
	callbackTwice: { ...call, about: 'comes twice' },
	callbackLate: { ...call, about: 'comes `ms` (1000) after the end' },
	callbackLost: { ...call, about: 'never comes' },
	callbackForged: {
		...call,
		about: 'before the end comes a forged success that names `url` (a picture not of the task)',
	},
	callbackUnknownTask: { ...call, about: 'a success for a task nobody submitted comes first' },
	callbackGarbage: { ...call, about: 'a body that is not JSON comes first' },
	callbackBeforeAnswer: {
		...call,
		about: 'the task ends at once; the callback comes before the create is answered',
	},
} as const satisfies Record<string, FaultEntry>;

export type FaultName = keyof typeof faultTable;

/** Every fault that exists. */
export const faultNames = Object.keys(faultTable) as readonly FaultName[];

/** The table's entry of a fault. */
export function faultEntry(fault: FaultName): FaultEntry {
	return faultTable[fault];
}
