import type { ErrorCode } from '../../nodes/NanoBanana/core/failure';
import type { FaultName } from '../sandbox';
import {
	asMayBe,
	crowded,
	harmless,
	harmlessOnce,
	hanging,
	hiddenForAMoment,
	lateEmptySuccess,
	passing,
	provingNothing,
	redirected,
	refused,
	refusedForGood,
	taskEnds,
	unclear,
	unknownForAMoment,
	unknownOrUnclear,
	unusableId,
	type Rule,
} from './rules';

const broken: readonly ErrorCode[] = ['vendorUnavailable', 'invalidResponse'];
const notDelivered = refused('downloadFailed');
const neverDelivered = asMayBe('always', ['downloadFailed'], 'failure');
const delivered = harmless;
const deliveredLater = passing('downloadFailed');

/**
 * What must come of every fault: a row for each, derived from section 7 of the contract sheet and from
 * the rules of the submission ledger, not from what the code happens to do.
 */
export const expectations: Readonly<Record<FaultName, Rule>> = {
	// Documented refusals: a submit may be sent again only after "too often", 455 and a documented 503.
	rateLimited: crowded('success', 'rateLimited'),
	rateLimitedRetrySeconds: crowded('success', 'rateLimited'),
	rateLimitedRetryDate: crowded('success', 'rateLimited'),
	usageExceeded: refused('insufficientCredit', 'rateLimited'),
	tooManyTasks: crowded('success'),
	maintenance: passing('vendorUnavailable'),
	// Only four of the numbers that come at HTTP 200 are promised to be refusals.
	generationRefused: provingNothing('taskFailed'),
	featureDisabled: provingNothing('unsupported'),
	badRequest: refusedForGood('invalidRequest'),
	unauthorized: refused('authentication'),
	insufficientCredit: refused('insufficientCredit'),
	forbidden: refused('forbidden'),
	notFound: unknownForAMoment('notFound'),
	conflict: refused('conflict'),
	validation: unknownOrUnclear('invalidRequest', 'notFound'),
	contentRejected: refusedForGood('contentRejected'),
	serverError: unclear('vendorUnavailable'),
	unavailable: passing('vendorUnavailable'),
	errorAsString: refusedForGood('invalidRequest'),
	errorAsDetail: refusedForGood('invalidRequest'),
	keyEchoed: unclear('vendorUnavailable'),

	// What a proxy, or nobody, answers.
	badGatewayHtml: unclear(...broken),
	unavailableHtml: unclear(...broken),
	gatewayTimeout: unclear(...broken),
	requestTimeout: passing(...broken),
	htmlPage: unclear(...broken),
	emptyBody: unclear(...broken),
	brokenJson: unclear(...broken),
	wrongShape: unclear(...broken),
	hugeAnswer: unclear(...broken),
	okWithErrorCode: unclear(...broken),
	missingTaskId: unclear(...broken),
	apiRedirect: redirected,
	redirect301: redirected,
	redirect302: redirected,
	redirect303: redirected,
	redirect308: redirected,
	notModified304: redirected,

	// A documented status in somebody else's shape: nothing is certain.
	badRequestHtml: provingNothing('invalidRequest'),
	unauthorizedHtml: provingNothing('authentication'),
	paymentHtml: provingNothing('insufficientCredit'),
	forbiddenHtml: provingNothing('forbidden'),
	notFoundHtml: provingNothing('notFound', 'unsupported'),
	rateLimitedHtml: provingNothing('rateLimited'),
	forbiddenElsewhere: provingNothing('forbidden'),
	unauthorizedElsewhere: provingNothing('authentication'),

	// Words name a trouble and make nothing certain.
	wordsOfKey: provingNothing('authentication'),
	wordsOfParameter: provingNothing('invalidRequest'),
	wordsOfCredit: provingNothing('insufficientCredit'),
	wordsOfModeration: provingNothing('contentRejected'),
	wordsOfUnknownTask: provingNothing('notFound', 'unsupported'),

	// A task that is named is taken; what came whole counts.
	idBesideError: harmless,
	idBesideRefusal: harmless,
	idInServerError: harmless,
	answerInList: harmless,
	textBehind: unclear(...broken),
	droppedAfterAnswer: harmless,
	hangAfterAnswer: harmlessOnce,
	byteOrderMark: harmless,
	droppedBeforeTaken: unclear(...broken),
	droppedAfterTaken: unclear(...broken),
	droppedMidAnswer: unclear(...broken),
	serverErrorAfterTaken: unclear(...broken),
	gatewayTimeoutAfterTaken: unclear(...broken),
	hang: hanging,
	hangAfterTaken: hanging,
	dripAfterTaken: hanging,
	keyEchoedEscaped: unclear('vendorUnavailable'),
	systemWords: refusedForGood('invalidRequest'),
	slowAnswer: harmless,

	// The true answer, bent.
	created201: harmless,
	accepted202: harmless,
	nullFields: harmless,
	emptyStringFields: harmless,
	unknownState: taskEnds({ once: 'success', always: 'timeout' }),
	stateRunning: harmless,
	stateUnknownWord: harmless,
	stateInOtherCase: harmless,
	unknownStateWithImages: harmless,
	goneForNow: hiddenForAMoment,
	unknownForNow: hiddenForAMoment,
	stateGoesBack: taskEnds({ once: 'success', always: 'timeout' }),
	stateBehind: harmless,
	emptySuccess: lateEmptySuccess,
	hostileResultUrl: taskEnds({ always: 'downloadFailed' }),
	scriptResultUrl: taskEnds({ always: 'downloadFailed' }),
	urlWithoutScheme: harmless,
	urlWithoutHost: harmless,
	resultAsDataUri: harmless,
	resultAsBase64: harmless,
	wordsInstead: taskEnds({ always: 'taskFailed' }),
	moderatedInstead: taskEnds({ always: 'contentRejected' }),
	manyResultUrls: harmless,
	largeAnswer: harmless,
	hostileTaskUrls: harmless,
	bareData: harmless,
	recordInfoNull: hiddenForAMoment,
	recordInfoNotFound: hiddenForAMoment,
	uploadEnveloped: harmless,
	resultJsonObject: harmless,
	resultJsonEmptyString: lateEmptySuccess,
	resultJsonNull: lateEmptySuccess,
	resultUrlsOnly: harmless,
	primaryUrlOnly: harmless,
	imageUrlOnly: harmless,
	fewerImages: harmless,
	moreImages: harmless,
	failureAsObject: taskEnds({ always: 'taskFailed' }),
	failureElsewhere: taskEnds({ always: 'taskFailed' }),

	// How a task ends.
	taskFails: taskEnds({ once: 'taskFailed', always: 'taskFailed' }, 'success'),
	taskModerated: taskEnds({ once: 'contentRejected' }),
	taskCanceled: taskEnds({ once: 'taskCanceled', always: 'taskCanceled' }, 'success'),
	taskNeverEnds: taskEnds({ always: 'timeout' }),

	// What a task is called: trimmed, and used as it is.
	idWithBlanks: harmless,
	idWithLineEnd: harmless,
	idWithBlankInside: harmless,
	idWithUmlauts: harmless,
	idWithSlash: harmless,
	idOf257: harmless,
	idBeyond53Bits: harmless,
	idUnusable: unusableId,
	idOfPlaceholder: unusableId,

	// What a result URL serves.
	fileHtml: deliveredLater,
	fileSvg: deliveredLater,
	fileEmpty: deliveredLater,
	fileTruncated: deliveredLater,
	fileBroken: deliveredLater,
	filePacked: delivered,
	filePackedCut: deliveredLater,
	fileCut: deliveredLater,
	fileAvif: delivered,
	fileLongHeader: delivered,
	fileOtherSize: delivered,
	fileHugeAnnounced: neverDelivered,
	fileHugeUnannounced: neverDelivered,
	fileSlowDrip: delivered,
	fileHang: deliveredLater,
	fileResetMidBody: deliveredLater,
	fileRedirect1: delivered,
	fileRedirect3: delivered,
	fileRedirect5: neverDelivered,
	fileRedirectLoop: neverDelivered,
	fileRedirectPrivate: neverDelivered,
	fileNotFound: notDelivered,
	fileGone: notDelivered,
	fileForbidden: notDelivered,
	fileRateLimited: deliveredLater,
	fileServerError: deliveredLater,
	fileUnavailable: deliveredLater,
	fileWrongMediaType: delivered,
	fileHostileName: delivered,

	// A callback is a hint: whatever becomes of it, the picture comes, once, and by Task → Wait if need be.
	callbackTwice: harmless,
	callbackLate: harmless,
	callbackLost: harmless,
	callbackForged: harmless,
	callbackUnknownTask: harmless,
	callbackGarbage: harmless,
	callbackBeforeAnswer: harmless,
};

const unclearRules: ReadonlySet<unknown> = new Set(
	Object.values(expectations).filter((row) => row.isUnclearForSubmit === true),
);

/** After these a submit may have been taken although no task id came back. */
export function leavesSubmitUnclear(fault: FaultName): boolean {
	return unclearRules.has(expectations[fault]);
}
