import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { codeOf, type Failure } from '../../nodes/NanoBanana/core/failure';
import { extensionOf, type ImageMediaType } from '../../nodes/NanoBanana/core/imageType';
import type { ImageVendor, VendorResponse } from '../../nodes/NanoBanana/core/vendor';
import { exchangeOf, withCode, type WrittenAnswer } from '../contract/conversations';
import { answer, readAll } from '../contract/support';
import type { RunResult } from './run';
import { Scrubber } from './scrub';
import type { Exchange, Step } from './types';

type VerbName = 'submit' | 'getTask' | 'cancelTask' | 'getBalance';

const verbOfStep: Readonly<Partial<Record<Step, VerbName>>> = {
	unknownTask: 'getTask',
	balance: 'getBalance',
	cancelUnknown: 'cancelTask',
	submit: 'submit',
	pollInFlight: 'getTask',
	pollSucceeded: 'getTask',
	pollFailed: 'getTask',
	pollRefused: 'getTask',
	cancelEnded: 'cancelTask',
};

/** Others may carry cookies and addresses, and no reader looks at them. */
const keptHeaders = ['retry-after', 'x-request-id', 'x-record-id'];

/**
 * Saves what came as fixtures of the contract tests, `<folder>/<vendor>/fixtures/live.<step>.json`, and the
 * picture beside them. Answers with the paths.
 */
export function saveFixtures(
	vendor: ImageVendor,
	{ evidence, picture }: RunResult,
	folder: string,
	cut: (text: string) => string,
): readonly string[] {
	const scrubber = new Scrubber();
	for (const { request, response, earlier = [] } of evidence.exchanges) {
		for (const { json, headers } of [...earlier, response]) {
			scrubber.learn(json);
			scrubber.learnId(headers['x-request-id']);
			scrubber.learnId(headers['x-record-id']);
		}
		if (request.body?.kind === 'json') scrubber.learn(request.body.value);
	}
	const day = new Date().toISOString().slice(0, 10);
	const target = join(folder, vendor.id, 'fixtures');
	mkdirSync(target, { recursive: true });
	const paths: string[] = [];
	const write = (path: string, content: string | Uint8Array): void => {
		writeFileSync(path, content);
		paths.push(path);
	};
	for (const exchange of oneForEachStep(evidence.exchanges)) {
		const verb = verbOfStep[exchange.step];
		if (verb === undefined) continue;
		const fixture = fixtureOf(vendor, verb, exchange, scrubber, day);
		const text = cut(JSON.stringify(fixture, null, '\t'));
		write(join(target, `live.${exchange.step}.json`), `${text}\n`);
	}
	if (picture?.mediaType !== undefined) {
		const ending = extensionOf(picture.mediaType as ImageMediaType);
		write(join(folder, `${vendor.id}.${ending}`), picture.bytes);
	}
	return paths;
}

/** Of several polls in one state the last tells most. */
function oneForEachStep(exchanges: readonly Exchange[]): Iterable<Exchange> {
	return new Map(exchanges.map((exchange) => [exchange.step, exchange])).values();
}

/** What the vendor's reader makes of the scrubbed answers is what the contract tests will expect. */
function fixtureOf(
	vendor: ImageVendor,
	verb: VerbName,
	{ request, response, earlier = [], taskId }: Exchange,
	scrubber: Scrubber,
	day: string,
): unknown {
	const answers = [...earlier, response].map((each) => scrubbedAnswer(each, scrubber));
	const input = taskId === undefined ? undefined : { taskId: scrubber.text(taskId) };
	const responses = answers.map(({ status, body, headers }) => answer(status, body, headers));
	const outcome = readAll(exchangeOf(vendor, { verb, input }), responses);
	const path = 'path' in request ? request.path : '';
	return {
		source: `Live ${day}: ${request.method} ${scrubber.text(path)}`,
		verb,
		...(input === undefined ? {} : { input }),
		conversation: answers.map((each) => ({ answer: each })),
		outcome: outcome.ok
			? { ok: true, value: withCode(outcome.value) }
			: { ok: false, failure: failureOf(outcome.failure) },
	};
}

function scrubbedAnswer(response: VendorResponse, scrubber: Scrubber): WrittenAnswer {
	const kept = Object.entries(response.headers).filter(([name]) => keptHeaders.includes(name));
	return {
		status: response.status,
		headers: Object.fromEntries(kept.map(([name, value]) => [name, scrubber.text(value)])),
		body:
			response.json === undefined ? scrubber.text(response.text) : scrubber.scrub(response.json),
	};
}

function failureOf(failure: Failure): unknown {
	const { httpStatus, vendorCode } = failure;
	const code = codeOf(failure);
	return { code, httpStatus, vendorCode };
}
