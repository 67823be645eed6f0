import fc from 'fast-check';

import {
	checkAdditionalFields,
	fieldsOfNode,
} from '../../../nodes/NanoBanana/core/additionalFields';
import { jsonErrorAt } from '../../../nodes/NanoBanana/core/jsonErrorAt';
import { vendors } from '../../../nodes/NanoBanana/vendors';
import { submitInput } from '../../contract/support';

const [vendor] = vendors;
if (vendor === undefined) throw new Error('The registry is empty');

const check = (asked: unknown, isLimited = false) =>
	checkAdditionalFields(asked, vendor, isLimited);
const messageOf = (asked: unknown, isLimited = false): string => {
	const outcome = check(asked, isLimited);
	if (outcome.ok) throw new Error(`It was taken as ${JSON.stringify(outcome.value)}`);
	expect(outcome.failure).toMatchObject({ reason: 'invalidRequest' });
	return outcome.failure.message;
};

describe('additional fields', () => {
	it.each([undefined, null, '', ' \n', '{}', {}, { seed: undefined }])(
		'are none in %j',
		(asked) => {
			expect(check(asked)).toEqual({ ok: true, value: undefined });
		},
	);

	it.each([
		['{"seed": 42}', { seed: 42 }],
		['{"a": null, "b": [1.5, true, {"c": "d"}]}', { a: null, b: [1.5, true, { c: 'd' }] }],
		[{ seed: 42, none: undefined }, { seed: 42 }],
		[Object.assign(Object.create(null) as object, { seed: 1 }), { seed: 1 }],
		[
			'{"safety_settings": [{"category": "HARM CATEGORY"}]}',
			{ safety_settings: [{ category: 'HARM CATEGORY' }] },
		],
	])('are taken from %j', (asked, fields) => {
		expect(check(asked)).toEqual({ ok: true, value: fields });
	});

	it.each([
		['{"seed": 42,}', 'line 1, column 13'],
		['{\n  "seed": 42\n  "search": true\n}', 'line 3, column 3'],
		["{'seed': 42}", 'line 1, column 2'],
		['{"seed": 042}', 'line 1, column 10'],
		['{"seed": 42', 'line 1, column 12'],
		['{"seed": tru}', 'line 1, column 10'],
		['{"seed" 42}', 'line 1, column 9'],
		['{"a": [1, 2}', 'line 1, column 12'],
		['{"seed": 42} x', 'line 1, column 14'],
		['{"a": "line\nbreak"}', 'line 1, column 7'],
		['seed=42', 'line 1, column 1'],
	])('name the place of a mistake in %j', (asked, place) => {
		expect(messageOf(asked)).toMatch(new RegExp(`is not JSON: the mistake is in ${place}$`));
	});

	it.each(['[1]', '"seed"', '42', 'null', 'true', [{ seed: 1 }], 42, true])(
		'must be an object, unlike %j',
		(asked) => {
			expect(messageOf(asked)).toContain('is not a JSON object');
		},
	);

	it.each([
		['{"__proto__": {"polluted": true}}', '__proto__'],
		['{"a": {"__proto__": {}}}', '__proto__'],
		['{"a": [{"constructor": {"prototype": 1}}]}', 'constructor'],
		['{"": 1}', '""'],
		['{"a b": 1}', 'a b'],
		['{"x\\r\\ny": 1}', 'cannot be sent'],
		[{ at: new Date(0) }, 'at "at" that is not JSON'],
		[{ call: () => 1 }, 'at "call" that is not JSON'],
		[{ big: 1n }, 'at "big" that is not JSON'],
		[{ no: Number.NaN }, 'at "no" that JSON cannot hold'],
		['{"seed": 12345678901234567890}', 'at "seed" that JSON cannot hold; put it in double quotes'],
		[`{"a": ${'['.repeat(50)}${']'.repeat(50)}}`, 'levels deep'],
		[{ long: 'x'.repeat(20_000) }, 'more than 20000 characters'],
	])('cannot be %j', (asked, part) => {
		expect(messageOf(asked)).toContain(part);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	it.each([
		['{"negative_prompt":"{{ $json.neg }}"}', 'has an expression at "negative_prompt"'],
		[{ a: [{ b: '{{ JSON.stringify({a:$json.b}) }}' }] }, 'has an expression at "a.0.b"'],
		[{ a: { '{{ $json.name }}': 1 } }, 'has an expression at "a"'],
		['{"style":"in [object Object]"}', 'has "[object Object]" at "style"'],
	])('cannot be %j, which n8n has not evaluated', (asked, part) => {
		expect(messageOf(asked)).toContain(part);
	});

	it('are whole texts', () => {
		const half = '\ud83d';
		const asked = { mood: `sad ${half}`, list: [half, '😀'], deep: { [half]: '\\ud83d' } };
		const whole = { mood: 'sad \ufffd', list: ['\ufffd', '😀'], deep: { '\ufffd': '\\ud83d' } };
		for (const each of [asked, JSON.stringify(asked)]) {
			expect(check(each)).toEqual({ ok: true, value: whole });
		}
	});

	it('cannot have an end', () => {
		const endless: Record<string, unknown> = {};
		endless.self = endless;
		expect(messageOf(endless)).toContain('levels deep');
	});

	describe.each(vendors.map((each) => [each.id, each] as const))('at %s', (_id, each) => {
		const own = fieldsOfNode(each);

		it('are never what a submit has in any setting, however it is spelled', () => {
			expect(own.length).toBeGreaterThan(3);
			for (const name of own) {
				const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
				for (const spelled of [
					name,
					name.toUpperCase(),
					snake,
					name.replaceAll('_', ''),
					`${name}_`,
				]) {
					const outcome = checkAdditionalFields({ [spelled]: 'x' }, each, false);
					if (outcome.ok) throw new Error(`${spelled} was taken`);
					expect(outcome.failure.message).toContain(`has "${spelled}", which the node sets itself`);
					expect(outcome.failure.message).toContain(each.displayName);
				}
			}
		});

		it('stand in each submit once, and nothing else changes', () => {
			const added = { seed: 42, nested: { deep: ['x'] } };
			for (const operation of ['generate', 'edit'] as const) {
				const plain = each.submit(submitInput({ operation })).request;
				const more = each.submit(submitInput({ operation, additionalFields: added })).request;
				expect(JSON.stringify(more.body).split('"seed"')).toHaveLength(2);
				const took = JSON.parse(JSON.stringify(more), (name, value: unknown) =>
					name in added ? undefined : value,
				) as unknown;
				expect(took).toEqual(JSON.parse(JSON.stringify(plain)));
			}
		});
	});

	it.each([
		'n',
		'numImages',
		'numberOfImages',
		'num_outputs',
		'batch_size',
		'imageCount',
		'quality',
		'service_tier',
		'upscale',
		...'copies amount image_nums repeat repeats total how_many variants alternatives results best_of grid Counts imgs pics pictures sequential_image_generation iterations passes versions loops howMany'.split(
			' ',
		),
		...'hd uhd 4k megapixels max_pixels px dimensions sizes longest_side definition detail upscaling enhance refine premium pro ultra turbo plan models engine maxImagePixels superUpscaler output_1080p dpi IMAGECOUNT'.split(
			' ',
		),
	])('may not have %s beside Max Cost, also deeper', (name) => {
		expect(check({ [name]: 2 }).ok).toBe(true);
		const json = JSON.stringify({ [name]: 4 });
		for (const asked of [
			{ [name]: 2 },
			{ config: { [name]: 2 } },
			{ list: [{ [name]: 2 }] },
			{ options: json },
			{ options: JSON.stringify([{ more: json }]) },
		]) {
			expect(messageOf(asked, true)).toContain(
				`has "${name}", which may change the number of images`,
			);
		}
	});

	it.each([
		'seed',
		'google_search',
		'thinkingLevel',
		'safety_tolerance',
		'moderation',
		'negative_prompt',
		'style',
		'image_style',
		'background',
		'watermark',
		'user_id',
	])('may have %s beside Max Cost', (name) => {
		expect(check({ [name]: 'x' }, true).ok).toBe(true);
	});
});

describe('the place of a mistake in JSON', () => {
	it('is in what JSON.parse refuses, and the end in every beginning of JSON', () => {
		fc.assert(
			fc.property(fc.json(), fc.nat(), (json, cut) => {
				const length = cut % json.length;
				const start = json.slice(0, length);
				expect(jsonErrorAt(json)).toBe(json.length);
				// A number or a text that was cut begins before the end.
				expect(jsonErrorAt(start)).toBeLessThanOrEqual(start.length);
				expect(jsonErrorAt(`${json} \u0001`)).toBe(json.length + 1);
			}),
		);
	});
});
