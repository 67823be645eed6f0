import fc from 'fast-check';

import { safeFileName, withoutImageEnding } from '../../../nodes/NanoBanana/core/imageNames';
import { wellFormedText } from '../../wellFormedText';

describe('a file name', () => {
	it.each([
		['Banana cat', 'Banana cat'],
		['Übergröße 猫 🍌', 'Übergröße 猫 🍌'],
		['../../etc/passwd', 'etc-passwd'],
		['C:\\Windows\\system32', 'C-Windows-system32'],
		['a<b>|c?"d*', 'a-b-c-d'],
		['  .hidden.  ', 'hidden'],
		['line\nbreak\tand\u0000zero', 'line break andzero'],
		['one\r\ntwo\u2028three', 'one two three'],
		['half \ud83c an emoji', 'half an emoji'],
		['cut in two \ud83c', 'cut in two'],
		['\udf4c', 'image'],
		['evil\u202egnp.exe', 'evilgnp.exe'],
		['two   spaces', 'two spaces'],
		['CON', 'CON-image'],
		['lpt1', 'lpt1-image'],
		['con.txt', 'con-image.txt'],
		['NUL.tar.gz', 'NUL-image.tar.gz'],
		['aux .v2', 'aux-image .v2'],
		['com1.', 'com1-image'],
		['LPT²', 'LPT²-image'],
		['conout$', 'conout$-image'],
		['console', 'console'],
		['con-2.txt', 'con-2.txt'],
		['', 'image'],
		['...', 'image'],
		['///', 'image'],
		['\u200b', 'image'],
	])('%j becomes %j', (typed, expected) => {
		expect(safeFileName(typed)).toBe(expected);
	});

	it.each(['漢', '🍌', 'ä', 'a'])(
		'leaves 200 bytes for itself and its extension: %s',
		(character) => {
			const name = safeFileName(character.repeat(300), '-21x9-12');
			expect(name.endsWith(`${character}-21x9-12`)).toBe(true);
			expect(name).not.toMatch(/\p{Surrogate}|\ufffd/u);
			const bytes = Buffer.byteLength(`${name}.webp`);
			expect(bytes).toBeLessThanOrEqual(200);
			expect(bytes).toBeGreaterThan(200 - Buffer.byteLength(character));
		},
	);

	it('is trimmed where it was cut', () => {
		expect(safeFileName(`${'a'.repeat(194)} b`)).toBe('a'.repeat(194));
		expect(safeFileName(`con.${'a'.repeat(191)}`)).toBe(`con-image.${'a'.repeat(185)}`);
	});

	it('is safe whatever was typed', () => {
		fc.assert(
			fc.property(wellFormedText({ maxLength: 200 }), (typed) => {
				const name = safeFileName(typed);
				expect(name).not.toBe('');
				expect(Buffer.byteLength(name)).toBeLessThanOrEqual(195);
				expect(name).not.toMatch(/\p{Surrogate}/u);
				// eslint-disable-next-line no-control-regex -- that none is left is the point
				expect(name).not.toMatch(/[\u0000-\u001f\u007f\\/:*?"<>|]/);
				expect(name).not.toMatch(/^[\s.]|\s$/);
				expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i);
			}),
		);
	});
});

it.each([
	['cat.png', 'cat'],
	['cat.JPEG', 'cat'],
	['cat.jpg', 'cat'],
	['cat.webp', 'cat'],
	['cat.v2', 'cat.v2'],
	['cat.png.zip', 'cat.png.zip'],
	['png', 'png'],
])('the ending that was typed goes, since the real type decides: %j → %j', (typed, expected) => {
	expect(withoutImageEnding(typed)).toBe(expected);
});
