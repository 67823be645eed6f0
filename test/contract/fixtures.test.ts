import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { ReferenceFile } from '../../nodes/NanoBanana/core/request';
import type { ImageVendor, Verb } from '../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import { fixtureFolder, pageOf } from '../vendors/places';
import { answer, memberPaths, submitInput, vendorsUnder, zodVersions } from './support';

type VerbName = 'submit' | 'getTask' | 'cancelTask' | 'uploadReference' | 'getBalance';

interface Fixture {
	/** Where it is from: a fact of the vendor's page in `docs/vendors`, or a live check and its day. */
	readonly source: string;
	readonly verb: VerbName;
	readonly input?: unknown;
	/** What has to go out for the input. */
	readonly request?: unknown;
	/** What comes in, and what has to come of it. */
	readonly response?: {
		readonly status: number;
		readonly headers: Readonly<Record<string, string>>;
		readonly body: unknown;
	};
	readonly expected?:
		| { readonly ok: true; readonly value: unknown }
		| {
				readonly ok: false;
				readonly failure: Readonly<Record<string, unknown>>;
				/** Words of the vendor that the message shows. */
				readonly says?: string;
				readonly taskMayExist?: boolean;
		  };
}

function fixturesOf(vendorId: string): ReadonlyArray<readonly [string, Fixture]> {
	return readdirSync(fixtureFolder(vendorId))
		.sort()
		.map((file) => [
			basename(file, '.json'),
			JSON.parse(readFileSync(join(fixtureFolder(vendorId), file), 'utf8')) as Fixture,
		]);
}

describe.each(vendors.map(({ id }) => id))('the fixtures of %s', (id) => {
	const fixtures = fixturesOf(id);
	const { facts } = testedVendor(id);
	const page = readFileSync(pageOf(facts), 'utf8');

	it.each(fixtures)('%s names its source and has one half of a verb', (_name, fixture) => {
		// The page says of each fact what kind of source it has.
		const [, fact] = new RegExp(`^docs/vendors/${facts.page}\\.md: ([^(]+?)(?: \\(.+\\))?$`).exec(
			fixture.source,
		) ?? [undefined, undefined];
		if (fact === undefined) expect(fixture.source).toMatch(/^Live \d{4}-\d\d-\d\d: /);
		else expect(page).toMatch(new RegExp(`^\\| ${fact} +\\|`, 'm'));
		const halves = [fixture.request !== undefined, fixture.response !== undefined];
		expect(halves.filter(Boolean)).toHaveLength(1);
		expect(fixture.response === undefined).toBe(fixture.expected === undefined);
	});

	it('have every verb of the vendor, both ways', () => {
		const vendor = vendors.find((candidate) => candidate.id === id);
		const verbs = (
			['submit', 'getTask', 'cancelTask', 'uploadReference', 'getBalance'] as const
		).filter((verb) => vendor?.[verb] !== undefined);
		const having = (half: 'request' | 'response') =>
			verbs.filter((verb) =>
				fixtures.some(([, fixture]) => fixture.verb === verb && fixture[half] !== undefined),
			);
		expect(having('request')).toEqual(verbs);
		expect(having('response')).toEqual(verbs);
	});

	it('have every state of the contract sheet', () => {
		const seen = fixtures.flatMap(([, { verb, expected }]) =>
			verb === 'getTask' && expected?.ok === true
				? [(expected.value as { readonly vendorState?: string }).vendorState]
				: [],
		);
		for (const word of Object.keys(facts.states)) expect(seen).toContain(word);
	});

	it('have every error status of the contract sheet', () => {
		const seen = fixtures.flatMap(([, { response, expected }]) =>
			expected?.ok === false ? [response?.status] : [],
		);
		for (const status of facts.documentedStatuses) expect(seen).toContain(status);
	});

	it('have every field of the contract sheet', () => {
		const answered = fixtures.flatMap(([, { response }]) =>
			memberPaths(response?.body).map((path) => path[path.length - 1]),
		);
		for (const name of facts.answerFields) expect(answered).toContain(name);
		const asked = fixtures.flatMap(([, { request }]) => {
			const body = (request as { readonly body?: { readonly value?: unknown } } | undefined)?.body;
			return memberPaths(body?.value).map((path) => path.join('.'));
		});
		for (const name of facts.submitFields) expect(asked).toContain(name);
	});
});

describe.each(zodVersions)('with %s', (zod) => {
	describe.each(vendorsUnder(zod).map((vendor) => [vendor.id, vendor] as const))(
		'%s',
		(id, vendor) => {
			const fixtures = fixturesOf(id);
			const requests = fixtures.filter(([, fixture]) => fixture.request !== undefined);
			const responses = fixtures.filter(([, fixture]) => fixture.response !== undefined);

			it.each(requests)('sends %s', (_name, fixture) => {
				const request = verbOf(vendor, fixture.verb).request(inputOf(fixture));
				expect(readable(request)).toStrictEqual(fixture.request);
			});

			it.each(responses)('reads %s', (_name, { verb, input, response, expected }) => {
				if (response === undefined || expected === undefined) throw new Error('Half a fixture');
				const outcome = verbOf(vendor, verb).read(
					answer(response.status, response.body, response.headers),
					inputOf({ verb, input }),
				);
				if (expected.ok) {
					expect(outcome).toStrictEqual(expected);
					return;
				}
				if (outcome.ok) throw new Error(`It was read as ${JSON.stringify(outcome.value)}`);
				expect(outcome.failure).toMatchObject(expected.failure);
				expect(outcome.failure.message).toContain(expected.says ?? vendor.displayName);
				if (expected.taskMayExist !== undefined) {
					expect(outcome.failure.taskMayExist ?? false).toBe(expected.taskMayExist);
				}
			});
		},
	);
});

function verbOf(vendor: ImageVendor, name: VerbName): Verb<unknown, unknown> {
	const verb = vendor[name];
	if (verb === undefined) throw new Error(`${vendor.id} has no ${name}`);
	return verb;
}

/** JSON has no bytes: in fixtures they stand as base64. */
function inputOf({ verb, input }: Pick<Fixture, 'verb' | 'input'>): unknown {
	if (verb === 'uploadReference') return fileOf(input);
	if (verb !== 'submit') return input;
	const { request, idempotencyKey, callbackUrl } = (input ?? {}) as {
		readonly request?: Readonly<Record<string, unknown>>;
		readonly idempotencyKey?: string;
		readonly callbackUrl?: string;
	};
	const files = (request?.referenceFiles ?? []) as readonly unknown[];
	return {
		...submitInput(
			{ resolution: undefined, ...request, referenceFiles: files.map(fileOf) },
			idempotencyKey,
		),
		callbackUrl,
	};
}

function fileOf(value: unknown): ReferenceFile {
	const file = value as Readonly<Record<'fileName' | 'mediaType' | 'bytes', string>>;
	return { ...file, bytes: Buffer.from(file.bytes, 'base64') };
}

function readable(value: unknown): unknown {
	return JSON.parse(
		JSON.stringify(value, (_key, member: unknown) => {
			const bytes = member as { readonly type?: unknown; readonly data?: unknown } | null;
			return bytes?.type === 'Buffer' && Array.isArray(bytes.data)
				? Buffer.from(bytes.data as number[]).toString('base64')
				: member;
		}),
	);
}
