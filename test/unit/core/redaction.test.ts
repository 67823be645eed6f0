import * as fc from 'fast-check';

import { redactionOf } from '../../../nodes/NanoBanana/core/redaction';

const mask = '…';

/** Whole secrets, and with all that a spelling or base64 treats in a way of its own. */
const secrets = fc.string({ unit: characterFrom(0x21, 0x7e), minLength: 8, maxLength: 40 });
/** What may stand beside the secret and is no part of any spelling of it. */
const around = fc.string({ unit: fc.constantFrom('é', ' ', '字', '—'), maxLength: 6 });
const zeros = fc.integer({ min: 0, max: 4 }).map((count) => '0'.repeat(count));

function characterFrom(first: number, last: number): fc.Arbitrary<string> {
	return fc.integer({ min: first, max: last }).map((code) => String.fromCharCode(code));
}

/** One of the spellings of a character that some reader decodes. */
function spellings(character: string): fc.Arbitrary<string> {
	const code = character.charCodeAt(0);
	const hex = code.toString(16);
	const names: Readonly<Record<string, string>> = {
		'&': 'amp',
		'<': 'lt',
		'>': 'gt',
		'"': 'quot',
		"'": 'apos',
	};
	return fc.oneof(
		{ weight: 6, arbitrary: fc.constant(character) },
		fc.constant(`\\${character}`),
		zeros.map((before) => `\\u${before}${hex}`),
		zeros.map((before) => `u${before}${hex}`),
		fc.constant(`\\x${hex.toUpperCase()}`),
		fc.constant(`\\u{${hex}}`),
		fc.constant(`%${hex}`),
		fc.constant(`%2525${hex.toUpperCase()}`),
		fc.constant(`%5C${character}`),
		zeros.map((before) => `&#${before}${code};`),
		fc.constant(`&amp;#x${hex};`),
		fc.constant(names[character] === undefined ? character : `&${names[character]};`),
	);
}

/** Base64 as a reader may find it: of either alphabet, with line breaks anywhere. */
function lines(base64: string): fc.Arbitrary<string> {
	const between = fc.oneof(
		{ weight: 8, arbitrary: fc.constant('') },
		fc.constantFrom('\n', '\r\n', ' ', '\\n', '\\r\\n', '\\\\n', '\\\\\\\\r'),
	);
	const characters = [...base64].map((character) => {
		const itself = { '+': ['+', '-', '%2B', '\\u002b'], '/': ['/', '_', '\\/'] }[character];
		return fc
			.tuple(between, fc.constantFrom(...(itself ?? [character])))
			.map((pair) => pair.join(''));
	});
	return fc.tuple(...characters).map((parts) => parts.join(''));
}

it('finds a secret in whatever way its characters are spelled', () => {
	const spelled = secrets.chain((secret) =>
		fc.tuple(fc.constant(secret), fc.tuple(...[...secret].map(spellings)), around, around),
	);
	fc.assert(
		fc.property(spelled, ([secret, characters, before, after]) => {
			const text = redactionOf(secret).text(`${before}${characters.join('')}${after}`);
			expect(text).toContain(mask);
		}),
		{ numRuns: 100 },
	);
});

it('finds a secret in base64 of any text that holds it, in any lines', () => {
	const encoded = fc
		.tuple(secrets, fc.string({ unit: characterFrom(0x21, 0x7e), maxLength: 5 }), fc.nat(2))
		.chain(([secret, before, place]) => {
			const base64 = Buffer.from(`${before.slice(0, place)}${secret}${before}`).toString('base64');
			return fc.tuple(fc.constant(secret), lines(base64.replace(/=/g, '')), around);
		});
	fc.assert(
		fc.property(encoded, ([secret, base64, beside]) => {
			const text = redactionOf(secret).text(`${beside}\\${base64}${beside}`);
			expect(text).toContain(mask);
		}),
		{ numRuns: 100 },
	);
});

it('finds a short secret where it stands alone, as itself and in base64', () => {
	const short = fc.string({ unit: characterFrom(0x21, 0x7e), minLength: 1, maxLength: 7 });
	fc.assert(
		fc.property(short, fc.constantFrom('', 'Bearer '), (secret, scheme) => {
			const text = (from: string) => redactionOf(secret).text(from);
			expect(text(`é ${secret} é`)).toContain(mask);
			const base64 = Buffer.from(`${scheme}${secret}`).toString('base64').replace(/=/g, '');
			expect(text(`é ${base64} é`)).toContain(mask);
		}),
		{ numRuns: 100 },
	);
});

it('leaves what only looks like an escape', () => {
	const redaction = redactionOf('sk-live-1234567890');
	for (const other of [
		'https://cdn.example/a%2Fb?x=1&amp=2&y=u0061',
		'C:\\new\\run',
		'sk-live-123456789',
	]) {
		expect(redaction.text(other)).toBe(other);
	}
});
