import * as fc from 'fast-check';

const firstSurrogate = 0xd800;
const surrogates = 0x800;

const character = fc.integer({ min: 0, max: 0x10ffff - surrogates }).map(
	(number) => String.fromCodePoint(number < firstSurrogate ? number : number + surrogates),
	(text) => {
		// This is how fast-check asks whether a text of its own is made of these characters.
		if (typeof text !== 'string' || [...text].length !== 1) throw new Error('Not a character');
		const code = text.codePointAt(0) ?? 0;
		return code < firstSurrogate ? code : code - surrogates;
	},
);

/** What `fc.string` makes of the unit "binary", which takes fast-check two seconds to prepare. */
export function wellFormedText(
	lengths: Pick<fc.StringConstraints, 'minLength' | 'maxLength'> = {},
): fc.Arbitrary<string> {
	return fc.string({ unit: character, ...lengths });
}
