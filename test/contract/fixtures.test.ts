import { readFileSync } from 'node:fs';

import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import { pageOf } from '../vendors/places';
import { answersOf, conversationsOf, expectConversation, questionsOf } from './conversations';
import { memberPaths, vendorsUnder, verbNames, zodVersions } from './support';

describe.each(vendors.map(({ id }) => id))('the conversations of %s', (id) => {
	const conversations = conversationsOf(id);
	const { facts } = testedVendor(id);
	const page = readFileSync(pageOf(facts), 'utf8');

	it.each(conversations)('%s names its source and comes to an end', (_name, written) => {
		const cited = new RegExp(`^${facts.page.replaceAll('.', '\\.')}: ([^(]+?)(?: \\(.+\\))?$`);
		const [, fact] = cited.exec(written.source) ?? [];
		if (fact === undefined) expect(written.source).toMatch(/^Live \d{4}-\d\d-\d\d: /);
		else expect(page).toContain(`\n- **${fact}**: `);
		expect(questionsOf(written).length + answersOf(written).length).toBeGreaterThan(0);
		expect(written.conversation.at(-1)?.answer === undefined).toBe(written.outcome === undefined);
	});

	it('rest on a page that says of each fact what kind of source it has', () => {
		const interfaces = /\n## The interface\n(.*?)\n## /s.exec(page)?.[1] ?? '';
		const told = interfaces.split('\n').filter((line) => line.startsWith('- '));
		expect(told.length).toBeGreaterThan(5);
		const kind = /_(page|other page|seen|likely|inferred|unknown)\.?_/i;
		expect(told.filter((line) => !kind.test(line))).toEqual([]);
		expect(page.length).toBeLessThan(8_000);
	});

	it('have every verb of the vendor, both ways', () => {
		const vendor = vendors.find((candidate) => candidate.id === id);
		const verbs = verbNames.filter((verb) => vendor?.[verb] !== undefined);
		const having = (halves: typeof questionsOf) =>
			verbs.filter((verb) =>
				conversations.some(([, written]) => written.verb === verb && halves(written).length > 0),
			);
		expect(having(questionsOf)).toEqual(verbs);
		expect(having(answersOf)).toEqual(verbs);
	});

	it('have every documented state', () => {
		const seen = conversations.flatMap(([, { verb, outcome }]) =>
			verb === 'getTask' && outcome?.ok === true
				? [(outcome.value as { readonly vendorState?: string }).vendorState]
				: [],
		);
		for (const word of Object.keys(facts.states)) expect(seen).toContain(word);
	});

	it('have every documented error status', () => {
		const seen = conversations.flatMap(([, written]) =>
			written.outcome?.ok === false ? answersOf(written).map(({ status }) => status) : [],
		);
		for (const status of facts.documentedStatuses) expect(seen).toContain(status);
	});

	it('have every documented field', () => {
		const answered = conversations.flatMap(([, written]) =>
			answersOf(written).flatMap(({ body }) => memberPaths(body).map((path) => path.at(-1))),
		);
		for (const name of facts.answerFields) expect(answered).toContain(name);
		const asked = conversations.flatMap(([, written]) =>
			questionsOf(written).flatMap((question) => {
				const { body } = question as { readonly body?: { readonly value?: unknown } };
				return memberPaths(body?.value).map((path) => path.join('.'));
			}),
		);
		for (const name of facts.submitFields) expect(asked).toContain(name);
	});
});

describe.each(zodVersions)('with %s', (zod) => {
	describe.each(vendorsUnder(zod).map((vendor) => [vendor.id, vendor] as const))(
		'%s',
		(id, vendor) => {
			it.each(conversationsOf(id))('goes as in %s', (_name, written) => {
				expectConversation(vendor, written);
			});
		},
	);
});
