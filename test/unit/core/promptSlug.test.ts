import fc from 'fast-check';

import { safeFileName } from '../../../nodes/NanoBanana/core/imageNames';
import { promptSlug } from '../../../nodes/NanoBanana/core/promptSlug';
import { wellFormedText } from '../../wellFormedText';

describe('the slug of a prompt', () => {
	it.each([
		['A red bicycle in front of a bakery', 'a-red-bicycle-in-front-of-a-bakery'],
		['  Big   SALE!!! 50% off (today)  ', 'big-sale-50-off-today'],
		["Don’t look, it's Zoë’s café", 'dont-look-its-zoes-cafe'],
		['Ein grüner Löwe über der Straße', 'ein-gruener-loewe-ueber-der-strasse'],
		['ÄÖÜ', 'aeoeue'],
		['a\u0308rger mit o\u0308l', 'aerger-mit-oel'],
		['Łódź, Đà Nẵng, İstanbul, Þór', 'lodz-da-nang-istanbul-thor'],
		['ﬁve ＡＢＣ', 'five-abc'],
		['𝗽𝗵𝗼𝘁𝗼 𝓸𝓯 𝐚 𝕔𝕒𝕥', 'photo-of-a-cat'],
		['Don´t', 'don-t'],
		['{"scene": "a lamp"}', 'scene-a-lamp'],
		['../../etc/passwd', 'etc-passwd'],
		['ёлка и йод', 'ёлка-и-йод'],
		['й'.normalize('NFD'), 'й'],
		['かばん'.normalize('NFD'), 'かばん'],
		['हिन्दी में', 'हिन्दी-में'],
		['می\u200cخواهم', 'میخواهم'],
		['a\u202egnp.exe', 'a-gnp-exe'],
		['half \ud83d a pair', 'half-a-pair'],
		['🍌', ''],
		[' \n ', ''],
		['\u0301\u0302', ''],
	])('%j is %j', (prompt, slug) => {
		expect(promptSlug(prompt)).toBe(slug);
	});

	it('ends with a whole word', () => {
		const slug = promptSlug('A very long description of a lamp that never seems to come to an end');
		expect(slug).toBe('a-very-long-description-of-a-lamp-that-never-seems');
		expect(slug).toHaveLength(50);
		expect(promptSlug(`${'x'.repeat(50)}y z`)).toBe('x'.repeat(50));
		expect(promptSlug('字'.repeat(80))).toBe('字'.repeat(50));
	});

	it('has at most 150 bytes, also of rare scripts', () => {
		expect(promptSlug('𐌰'.repeat(80))).toBe('𐌰'.repeat(37));
		expect(promptSlug(`${'𐌰'.repeat(20)} ${'𐌱'.repeat(20)}`)).toBe('𐌰'.repeat(20));
		expect(promptSlug('𠀀'.repeat(400))).toBe('𠀀'.repeat(37));
	});

	it('cuts no letter from its marks', () => {
		expect(promptSlug('कि'.repeat(40))).toBe('कि'.repeat(25));
		expect(promptSlug(`क${'कि'.repeat(40)}`)).toBe(`क${'कि'.repeat(24)}`);
	});

	it('is safe, short and in NFC, whatever the prompt', () => {
		fc.assert(
			fc.property(wellFormedText({ maxLength: 600 }), (prompt) => {
				const slug = promptSlug(prompt);
				expect(slug).toMatch(/^(?:[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*)?$/u);
				expect(Array.from(slug).length).toBeLessThanOrEqual(50);
				expect(Buffer.byteLength(slug)).toBeLessThanOrEqual(150);
				if (slug === '') return;
				const end = '-a1b2c3-16x9-12';
				expect(safeFileName(`${slug}-a1b2c3`, '-16x9-12').endsWith(end)).toBe(true);
				expect(slug.normalize('NFC')).toBe(slug);
			}),
		);
	});
});
