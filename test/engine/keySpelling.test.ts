import './harness/environment';

import { once } from 'node:events';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { holdsKey, textsWithKey, spellings } from './harness/keyHunt';
import { startRelay, type Bend, type Relay } from './harness/relay';
import { runWorkflow, type RunOptions } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;

afterEach(async () => {
	await relay?.close();
	relay = undefined;
});
sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** It has every character that one of the spellings writes in another way. */
const key = 'sk-live/Ab+c&d"e\\f>g~h%41=9';

const first = vendorCases[0]!.id;

/** A vendor that tells the balance as well. */
const withBalance = vendorCases.find(({ vendor }) => vendor.getBalance !== undefined)!.id;

/** Runs through a relay, with a key that no key of the sandbox is like. */
async function runThrough(
	id: (typeof vendorCases)[number]['id'],
	bend: Bend,
	options: Omit<RunOptions, 'credentials'>,
	apiKey = key,
) {
	sandbox.settings.apiKey = apiKey;
	relay = await startRelay(sandbox, bend);
	return await runWorkflow({
		...options,
		credentials: credentialFor(sandbox, id, { apiKey, baseUrl: relay.baseUrl(id) }),
	});
}

/** A JSON object with one more member, whose text is written as given. */
function withMember(json: string, name: string, text: string): string {
	return json.replace(/\{/, `{"${name}":"${text}",`);
}

it.each(Object.entries(spellings))('the hunt itself finds the key %s', (_name, spell) => {
	const parsed = JSON.parse(`["x ${spell(key)} y"]`) as [string];
	expect(holdsKey(parsed[0], key)).toBe(true);
	expect(holdsKey('x … y, a picture and QmVhcmVyIA', key)).toBe(false);
});

/** Those that no two vendors should need: they are decided in one place. */
const spellingsOfAll = Object.keys(spellings).slice(0, 7);

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it('repeats the key in good answers in every spelling, and none of it comes out', async () => {
		const result = await runThrough(
			id,
			(answer) => ({
				...answer,
				headers: { ...answer.headers, 'x-echo': encodeURIComponent(key) },
				text: Object.values(spellings).reduce((text, spell, index) => {
					const echoed = `x ${spell(key)} y`;
					return withMember(
						withMember(text, `echo${index}`, echoed),
						`${echoed}${index}`,
						'a name',
					);
				}, answer.text),
			}),
			{
				parameters: imageParameters(id, 'generate', {
					options: { simplify: false },
				}),
			},
		);

		expect(result.error).toBeUndefined();
		expect(JSON.stringify(result.items[0]?.json.raw)).toContain('"echo0"');
		expect(result.items[0]?.binary).toBeDefined();
		expect(textsWithKey(result, key)).toEqual([]);
	});

	const names = id === vendorCases[0]?.id ? Object.keys(spellings) : spellingsOfAll;
	it.each(names)('repeats the key in an error %s, and none of it comes out', async (name) => {
		const text = spellings[name]?.(key) ?? '';
		const bend: Bend = (answer) => ({
			...answer,
			status: 400,
			text: `{"code":400,"success":false,"message":"No ${text} here","error":{"message":"No ${text} here","code":"${text}"}}`,
		});
		const parameters = imageParameters(id, 'generate');
		const thrown = await runThrough(id, bend, { parameters });
		expect(thrown.error?.message).toContain('No ');
		expect(textsWithKey(thrown, key)).toEqual([]);
		await relay?.close();

		const told = await runThrough(id, bend, { parameters, onError: 'continueErrorOutput' });
		expect(errorOf(told.errorItems[0])?.message).toContain('No ');
		expect(textsWithKey(told, key)).toEqual([]);
	});

	it('repeats the key on a page that is no JSON, in a header and as an id', async () => {
		const bend: Bend = (answer, { count }) =>
			count === 1
				? answer
				: {
						...answer,
						status: 500,
						headers: { ...answer.headers, 'x-request-id': key.replace('"', '') },
						text: `<p>Bad <b>Authorization: Bearer ${[...key].map((c) => `&#x${c.charCodeAt(0).toString(16)};`).join('')}</b> ${encodeURIComponent(key)}</p>`,
					};
		const result = await runThrough(id, bend, {
			parameters: imageParameters(id, 'generate', { options: { timeout: 1 } }),
			onError: 'continueErrorOutput',
		});

		expect(errorOf(result.errorItems[0])?.message).toContain('Bad');
		expect(textsWithKey(result, key)).toEqual([]);
	});

	it('repeats the key over the borders of several pieces', async () => {
		const bend: Bend = async (answer, { count }, response) => {
			if (count === 1) return answer;
			response.writeHead(answer.status, { ...answer.headers });
			const text = Buffer.from(withMember(answer.text, 'echo', spellings.plain!(key)));
			for (let start = 0; start < text.length; start += 7) {
				if (!response.write(text.subarray(start, start + 7))) await once(response, 'drain');
				await new Promise((resolve) => setImmediate(resolve));
			}
			response.end();
			return 'sent';
		};
		const result = await runThrough(id, bend, {
			parameters: imageParameters(id, 'generate', {
				options: { simplify: false },
			}),
		});

		expect(result.items[0]?.binary).toBeDefined();
		expect(textsWithKey(result, key)).toEqual([]);
	});
});

describe('a key that is short, or a number', () => {
	it.each(['k3y', 'secret', 'sk-12', '123456789012'])('%s', async (apiKey) => {
		const result = await runThrough(
			first,
			(answer) => ({
				...answer,
				text: withMember(
					answer.text,
					'echo',
					`Bearer ${apiKey} is "${apiKey}"`.replaceAll('"', '\\"'),
				).replace('{', /^\d+$/.test(apiKey) ? `{"number":${apiKey},` : '{'),
			}),
			{
				parameters: imageParameters(first, 'generate', {
					options: { simplify: false },
				}),
			},
			apiKey,
		);

		expect(result.items[0]?.binary).toBeDefined();
		expect(JSON.stringify(result.items[0]?.json)).not.toContain(apiKey);
	});

	it.each(['state', 'status', 'data', 'success', '200'])(
		'a key that is the word "%s"',
		async (apiKey) => {
			const { items } = await runThrough(
				first,
				(answer) => answer,
				{ parameters: imageParameters(first, 'generate') },
				apiKey,
			);

			expect(items[0]?.binary).toBeDefined();
		},
	);
});

it('keeps the key out of what Task → Get and the balance tell', async () => {
	const bend: Bend = (answer) => ({
		...answer,
		text: withMember(answer.text, 'echo', spellings['with escaped slashes, as PHP does']!(key)),
	});
	for (const parameters of [
		taskParameters(withBalance, 'get', { taskId: 'no-such-task', options: { simplify: false } }),
		{
			vendor: withBalance,
			resource: 'account',
			operation: 'getBalance',
			options: { simplify: false },
		},
	]) {
		const result = await runThrough(withBalance, bend, {
			parameters,
			onError: 'continueErrorOutput',
		});
		expect(textsWithKey(result, key)).toEqual([]);
		await relay?.close();
	}
});
