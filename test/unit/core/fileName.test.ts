import fc from 'fast-check';

import { safeFileName, withoutImageEnding } from '../../../nodes/NanoBanana/core/imageNames';

describe('a file name', () => {
	it.each([
		['Banana cat', 'Banana cat'],
		['Übergröße 猫 🍌', 'Übergröße 猫 🍌'],
		['../../etc/passwd', 'etc-passwd'],
		['C:\\Windows\\system32', 'C-Windows-system32'],
		['a<b>|c?"d*', 'a-b-c-d'],
		['  .hidden.  ', 'hidden'],
		['line\nbreak\tand\u0000zero', 'linebreakandzero'],
		['evil\u202egnp.exe', 'evilgnp.exe'],
		['two   spaces', 'two spaces'],
		['CON', 'CON-image'],
		['lpt1', 'lpt1-image'],
		['console', 'console'],
		['', 'image'],
		['...', 'image'],
		['///', 'image'],
		['\u200b', 'image'],
	])('%j becomes %j', (typed, expected) => {
		expect(safeFileName(typed)).toBe(expected);
	});

	it('is at most 120 characters long, and cuts no character in two', () => {
		expect([...safeFileName('🍌'.repeat(300))]).toHaveLength(120);
		expect(safeFileName(`${'a'.repeat(119)} b`)).toBe('a'.repeat(119));
	});

	it('is safe whatever was typed', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
				const name = safeFileName(typed);
				expect(name).not.toBe('');
				expect([...name].length).toBeLessThanOrEqual(130);
				// eslint-disable-next-line no-control-regex -- that none is left is the point
				expect(name).not.toMatch(/[\u0000-\u001f\u007f\\/:*?"<>|]/);
				expect(name).not.toMatch(/^[\s.]|\s$/);
				expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/i);
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
