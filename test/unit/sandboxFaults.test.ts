import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import {
	faultApplies,
	faultNames,
	faultTable,
	startSandbox,
	vendorIds,
	verbs,
	type ActiveFault,
	type FaultName,
	type FaultSpecification,
	type Sandbox,
	type Verb,
	type VendorId,
} from '../sandbox';
import { sniffMediaType } from '../sandbox/references';
import {
	callOther,
	clientOf,
	createBody,
	finishedTask,
	getTask,
	stateOf,
	submit,
	taskIdOf,
	untilEnded,
	urlsOf,
	type Answer,
	type Sending,
} from '../sandbox/client';

let sandbox: Sandbox;
let receiver: Server;
let callbackUrl: string;
let received: string[];

beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true, taskDurationMs: 10 });
	receiver = createServer((incoming, response) => {
		let text = '';
		incoming.on('data', (piece) => (text += piece));
		incoming.on('end', () => {
			received.push(text);
			response.end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
	callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
});
beforeEach(() => {
	received = [];
});
afterEach(() => sandbox.reset());
afterAll(async () => {
	receiver.closeAllConnections();
	receiver.close();
	await sandbox.close();
});

/** What a fault needs so that a whole matrix stays quick. */
const quick: Partial<FaultSpecification> = { times: 1, megabytes: 2, ms: 60 };
const cases = faultNames.flatMap((fault) =>
	vendorIds.flatMap((vendor) =>
		verbs
			.filter((verb) => faultApplies(fault, vendor, verb))
			.map((verb) => [fault, vendor, verb] as const),
	),
);

const statuses: Partial<Record<FaultName, number>> = {
	rateLimited: 429,
	rateLimitedRetrySeconds: 429,
	rateLimitedRetryDate: 429,
	usageExceeded: 429,
	tooManyTasks: 429,
	maintenance: 455,
	generationRefused: 501,
	featureDisabled: 505,
	badRequest: 400,
	unauthorized: 401,
	insufficientCredit: 402,
	forbidden: 403,
	conflict: 409,
	validation: 422,
	contentRejected: 451,
	serverError: 500,
	serverErrorAfterTaken: 500,
	unavailable: 503,
};
const htmlStatuses: Partial<Record<FaultName, number>> = {
	badGatewayHtml: 502,
	unavailableHtml: 503,
	gatewayTimeout: 504,
	gatewayTimeoutAfterTaken: 504,
	htmlPage: 200,
	badRequestHtml: 400,
	unauthorizedHtml: 401,
	paymentHtml: 402,
	forbiddenHtml: 403,
	notFoundHtml: 404,
	rateLimitedHtml: 429,
};
const plain = vendorIds.at(-1)!;
const redirects: Partial<Record<FaultName, number>> = {
	apiRedirect: 307,
	redirect301: 301,
	redirect302: 302,
	redirect303: 303,
	redirect308: 308,
};
const noAnswer = [
	'droppedBeforeTaken',
	'droppedAfterTaken',
	'droppedMidAnswer',
	'droppedAfterAnswer',
];
const noEnd = ['hang', 'hangAfterTaken', 'hangAfterAnswer', 'dripAfterTaken'];

it('knows many faults, each of them for somebody', () => {
	expect(faultNames.length).toBeGreaterThan(80);
	for (const fault of faultNames) {
		expect(cases.filter(([name]) => name === fault)).not.toEqual([]);
		expect(faultTable[fault].about).not.toBe('');
	}
});

it('refuses to switch on what makes no sense', () => {
	const without = (fault: FaultName, verb: Verb): VendorId =>
		vendorIds.find((id) => !faultApplies(fault, id, verb) && !faultApplies(fault, id, 'cancel'))!;
	const nonsense: FaultSpecification[] = [
		{ fault: 'conflict', vendor: without('conflict', 'submit') },
		{ fault: 'rateLimited', vendor: without('rateLimited', 'cancel'), verb: 'cancel' },
		{ fault: 'fileHtml', verb: 'submit' },
		{ fault: 'callbackTwice', vendor: without('callbackTwice', 'callback') },
	];
	for (const each of nonsense) expect(() => sandbox.faults.add(each)).toThrow('makes no sense');
});

describe.each(cases.filter(([fault]) => faultTable[fault].kind === 'answer'))(
	'%s at %s on %s',
	(fault, vendor, verb) => {
		it('strikes once', async () => {
			const active = sandbox.faults.add({ fault, vendor, verb, ...quick });
			const lost = [...noAnswer, ...noEnd].includes(fault);
			// Short only where no answer is to be expected: machines are slow at times.
			const timeoutMs = lost ? 150 : 10_000;
			const outcome = await call(vendor, verb, { timeoutMs }).catch(() => 'lost');
			expect(active.fired).toBe(1);
			expect(outcome === 'lost').toBe(lost);
			if (!lost) checkAnswer(fault, vendor, outcome as Answer);
			if (verb === 'submit') checkMoney(fault, vendor);
			await call(vendor, verb, {});
		});
	},
);

function checkAnswer(fault: FaultName, vendor: VendorId, answer: Answer): void {
	const status = statuses[fault];
	const { errorCodeAt } = clientOf(vendor);
	if (status !== undefined) {
		expect(errorCodeAt === undefined ? answer.status : answer.at(errorCodeAt)).toBe(status);
		expect(answer.json).toBeDefined();
	}
	const html = htmlStatuses[fault];
	if (html !== undefined) {
		expect(answer.status).toBe(html);
		expect(answer.headers['content-type']).toMatch('text/html');
	}
	if (fault === 'rateLimitedRetrySeconds') expect(answer.headers['retry-after']).toBe('1');
	if (fault === 'rateLimitedRetryDate') expect(answer.headers['retry-after']).toMatch(/GMT$/);
	if (fault === 'rateLimited') expect(answer.headers['retry-after']).toBeUndefined();
	if (fault === 'keyEchoed') expect(answer.bytes.toString()).toContain('sandbox-key');
	if (fault === 'keyEchoedEscaped') {
		expect(answer.bytes.toString()).not.toContain('sandbox-key');
		expect(JSON.stringify(answer.json)).toContain('sandbox-key');
	}
	if (fault === 'okWithErrorCode') expect(answer.status).toBe(200);
	if (fault === 'brokenJson') expect(answer.json).toBeUndefined();
	if (fault === 'hugeAnswer') expect(answer.bytes.length).toBeGreaterThan(2_000_000);
	const redirect = redirects[fault];
	if (redirect !== undefined) {
		expect(answer.status).toBe(redirect);
		expect(answer.headers.location).toMatch(sandbox.filesUrl);
	}
	if (fault.startsWith('wordsOf')) {
		expect(answer.status).toBe(200);
		expect(answer.bytes.toString()).toMatch(/reset|invalid|pool|safety|replica/);
	}
	if (fault.startsWith('id')) expect(taskIdOf(vendor, answer)).toBe(sandbox.ledger.tasks[0]?.id);
	if (fault === 'idBesideRefusal') {
		expect(errorCodeAt === undefined ? answer.status : answer.at(errorCodeAt)).toBe(402);
	}
	if (fault === 'byteOrderMark')
		expect([...answer.bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
	if (fault === 'answerInList') expect(answer.json).toHaveLength(1);
	if (fault === 'textBehind') expect(answer.bytes.toString()).toMatch(/^\{.*-->$/);
}

const taken: readonly FaultName[] = [
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
];

function checkMoney(fault: FaultName, vendor: VendorId): void {
	expect(sandbox.ledger.tasksOf(vendor)).toHaveLength(taken.includes(fault) ? 1 : 0);
	expect(sandbox.ledger.charges).toHaveLength(taken.includes(fault) ? 1 : 0);
}

async function call(vendor: VendorId, verb: Verb, sending: Sending): Promise<Answer> {
	switch (verb) {
		case 'submit':
			return await submit(sandbox, vendor, 'x', {
				body: createBody(vendor, 'x'),
				sending,
			});
		case 'getTask':
			return await getTask(sandbox, vendor, 'nothing', sending);
		case 'cancel':
		case 'balance':
		case 'upload':
			return await callOther(sandbox, vendor, verb, sending);
		default:
			throw new Error(`${verb} is no call`);
	}
}

describe.each(cases.filter(([fault]) => faultTable[fault].kind === 'shape'))(
	'%s at %s on %s',
	(fault, vendor, verb) => {
		it('bends the answer', async () => {
			const early = [
				'stateRunning',
				'stateUnknownWord',
				'recordInfoNull',
				'recordInfoNotFound',
				'goneForNow',
				'unknownForNow',
			];
			const fails = ['failureAsObject', 'failureElsewhere'].includes(fault);
			if (early.includes(fault)) sandbox.settings.taskDurationMs = 1_500;
			if (early.includes(fault)) sandbox.settings.queuedShare = fault === 'stateRunning' ? 0 : 0.5;
			if (fails) sandbox.faults.add({ fault: 'taskFails', vendor });
			const active = sandbox.faults.add({ fault, vendor, verb, ...quick });
			if (verb === 'upload') {
				expect((await call(vendor, verb, {})).at('data')).toBeDefined();
				return;
			}
			const { countField } = clientOf(vendor);
			const images = fault === 'fewerImages' ? { [countField ?? '']: 3 } : {};
			const body = { ...createBody(vendor, 'x'), ...images };
			const created = await submit(sandbox, vendor, 'x', { body });
			if (verb === 'submit') {
				expect(active.fired).toBe(1);
				expect([200, 201, 202]).toContain(created.status);
				expect(taskIdOf(vendor, created)).toBeTruthy();
				return;
			}
			const id = taskIdOf(vendor, created);
			if (!early.includes(fault)) await untilEnded(sandbox, id);
			const bent = await getTask(sandbox, vendor, id);
			expect(active.fired).toBe(1);
			await untilEnded(sandbox, id);
			const next = await getTask(sandbox, vendor, id);
			expect(shownBy(bent)).not.toBe(shownBy(next));
			if (!fails) expect(urlsOf(vendor, next)).not.toEqual([]);
		});
	},
);

/** All that a poll has brought, in one request or in two. */
function shownBy({ json, bytes }: Answer): string {
	return json === undefined ? bytes.toString() : JSON.stringify(json);
}

describe.each(cases.filter(([fault]) => faultTable[fault].kind === 'outcome'))(
	'%s at %s on %s',
	(fault, vendor, verb) => {
		it('decides how the task ends', async () => {
			const active = sandbox.faults.add({ fault, vendor, verb, ...quick });
			const id = taskIdOf(vendor, await submit(sandbox, vendor));
			await wait(60);
			const state = stateOf(vendor, await getTask(sandbox, vendor, id));
			expect(active.fired).toBe(1);
			const { state: known } = sandbox.ledger.task(id);
			const expected = {
				taskFails: 'failed',
				taskModerated: 'failed',
				taskCanceled: 'canceled',
				taskNeverEnds: 'running',
			}[fault as string];
			expect(known).toBe(expected);
			expect(state).toBeTruthy();
			expect(sandbox.ledger.netCharged(vendor) === 0).toBe(fault !== 'taskNeverEnds');
			await finishedTask(sandbox, vendor);
		});
	},
);

describe.each(cases.filter(([fault]) => faultTable[fault].kind === 'id'))(
	'%s at %s on %s',
	(fault, vendor, verb) => {
		it('calls a task so', async () => {
			sandbox.faults.add({ fault, vendor, verb, ...quick });
			const created = await submit(sandbox, vendor);
			const [task] = sandbox.ledger.tasks;
			const id = task?.id ?? '';
			if (fault === 'idBeyond53Bits') {
				expect(created.bytes.toString()).toContain(`:${id}`);
				expect(String(Number(id))).not.toBe(id);
			} else {
				expect(taskIdOf(vendor, created).trim()).toBe(id);
			}
			if (fault === 'idUnusable') return;
			await untilEnded(sandbox, id);
			const inAddress = clientOf(vendor).poll('').json === undefined ? encodeURIComponent(id) : id;
			expect(urlsOf(vendor, await getTask(sandbox, vendor, inAddress))).not.toEqual([]);
		});
	},
);

describe.each(cases.filter(([fault]) => faultTable[fault].kind === 'file'))(
	'%s at %s on %s',
	(fault, vendor, verb) => {
		it('spoils one download', async () => {
			const id = await finishedTask(sandbox, vendor);
			const [url = ''] = urlsOf(vendor, await getTask(sandbox, vendor, id));
			const active = sandbox.faults.add({ fault, vendor, verb, ...quick, ms: 2 });
			const outcome = await download(url, lostFiles.includes(fault) ? 300 : undefined).catch(
				() => 'lost',
			);
			expect(active.fired).toBe(1);
			expect(sandbox.ledger.downloads).toMatchObject([{ taskId: id, fault }]);
			checkDownload(fault, outcome);
			const whole = (await download(url)) as Downloaded;
			expect(sniffMediaType(whole.bytes)).toBeDefined();
		});
	},
);

const lostFiles: readonly FaultName[] = ['fileTruncated', 'fileHang', 'fileResetMidBody'];

interface Downloaded {
	status: number;
	mediaType: string;
	bytes: Buffer;
	hops: number;
}

async function download(
	url: string,
	timeoutMs = 10_000,
	hops = 0,
): Promise<Downloaded | 'loop' | 'private'> {
	const answer = await request(url, { signal: AbortSignal.timeout(timeoutMs) });
	const { location } = answer.headers;
	if (typeof location === 'string') {
		await answer.body.dump();
		if (hops > 8) return 'loop';
		if (location.includes('169.254')) return 'private';
		return await download(new URL(location, url).href, timeoutMs, hops + 1);
	}
	const bytes = Buffer.from(await answer.body.arrayBuffer());
	const mediaType = String(answer.headers['content-type']);
	return { status: answer.statusCode, mediaType, bytes, hops };
}

function checkDownload(fault: FaultName, outcome: unknown): void {
	const lost = lostFiles.includes(fault);
	expect(outcome === 'lost').toBe(lost);
	if (lost) return;
	if (fault === 'fileRedirectLoop') return expect(outcome).toBe('loop');
	if (fault === 'fileRedirectPrivate') return expect(outcome).toBe('private');
	const { status, mediaType, bytes, hops } = outcome as Downloaded;
	const expected: Partial<Record<FaultName, number>> = {
		fileNotFound: 404,
		fileGone: 410,
		fileForbidden: 403,
		fileRateLimited: 429,
		fileServerError: 500,
		fileUnavailable: 503,
	};
	expect(status).toBe(expected[fault] ?? 200);
	expect(hops).toBe(Number(/^fileRedirect(\d)$/.exec(fault)?.[1] ?? 0));
	if (fault === 'fileHtml') expect(mediaType).toBe('text/html');
	if (fault === 'fileWrongMediaType') expect(mediaType).toBe('text/plain');
	if (fault.startsWith('fileHuge')) expect(bytes).toHaveLength(2 * 1024 * 1024);
	if (fault === 'fileBroken') expect(sniffMediaType(bytes)).toBeUndefined();
}

describe.each(cases.filter(([fault]) => faultTable[fault].kind === 'callback'))(
	'%s at %s on %s',
	(fault, vendor, verb) => {
		it('misdelivers', async () => {
			const ms = fault === 'callbackLate' ? 800 : 60;
			const active = sandbox.faults.add({ fault, vendor, verb, ...quick, ms });
			const id = await finishedTask(sandbox, vendor, 'called', { callbackUrl });
			const counts: Partial<Record<FaultName, number>> = {
				callbackLost: 0,
				callbackLate: 1,
				callbackBeforeAnswer: 1,
			};
			if (fault === 'callbackLate') expect(received).toHaveLength(0);
			const count = counts[fault] ?? 2;
			for (let waits = 0; waits < 200 && received.length < count; waits++) await wait(20);
			// As long again as a callback takes, for one too many.
			await wait(60);
			expect(active.fired).toBe(1);
			expect(received).toHaveLength(count);
			const forged = ['callbackForged', 'callbackGarbage', 'callbackUnknownTask'].includes(fault);
			expect(sandbox.ledger.callbacks.some((each) => each.forged)).toBe(forged);
			// Where a delivery names images, the forged one names another. The two may overtake each other.
			const addressesOf = (delivery: string): readonly string[] =>
				(delivery.match(/https?:[^"\\]+/g) ?? []).filter((url) => url !== callbackUrl);
			if (fault === 'callbackForged') {
				const isForged = (delivery: string): boolean =>
					addressesOf(delivery).every((url) => url.includes('/forged/'));
				expect(received.some(isForged)).toBe(true);
			}
			if (fault === 'callbackUnknownTask') {
				expect(received.some((delivery) => !delivery.includes(id))).toBe(true);
			}
		});
	},
);

it('skips, counts and matches', async () => {
	const specification = { fault: 'badRequest', vendor: plain, verb: 'submit' } as const;
	const active: ActiveFault = sandbox.faults.add({
		...specification,
		skip: 1,
		times: 2,
		match: { prompt: /^blue/ },
	});
	const seen: number[] = [];
	for (const prompt of ['blue', 'red', 'blue', 'blue', 'blue']) {
		seen.push((await submit(sandbox, plain, prompt)).status);
	}
	expect(seen).toEqual([200, 200, 400, 400, 200]);
	expect(active.fired).toBe(2);
	sandbox.faults.add(specification);
	sandbox.faults.clear();
	expect((await submit(sandbox, plain, 'blue')).status).toBe(200);
});

it('closes although connections hang and tasks run', async () => {
	const other = await startSandbox({ taskDurationMs: 60_000 });
	other.faults.add({ fault: 'hang', verb: 'getTask', vendor: plain });
	await submit(other, plain);
	const hanging = getTask(other, plain, 'x').catch(() => 'lost');
	await wait(30);
	await other.close();
	expect(await hanging).toBe('lost');
});
