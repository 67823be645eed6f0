import fc from 'fast-check';

import { openImageNames, safeFileName } from '../../../nodes/NanoBanana/core/imageNames';
import { wellFormedText } from '../../wellFormedText';

const claimAll = (...asked: readonly string[]) => {
	const names = openImageNames();
	return asked.map((name) => names.claim(name));
};

describe('the file names of a run', () => {
	it('count what comes again, in the order of asking', () => {
		expect(claimAll('lamp', 'lamp', 'chair', 'lamp')).toEqual([
			'lamp',
			'lamp-2',
			'chair',
			'lamp-3',
		]);
	});

	it('step over a number that somebody typed', () => {
		expect(claimAll('lamp-2', 'lamp', 'lamp')).toEqual(['lamp-2', 'lamp', 'lamp-3']);
		expect(claimAll('lamp', 'lamp', 'lamp-2')).toEqual(['lamp', 'lamp-2', 'lamp-2-2']);
	});

	it('differ for systems that take upper case and lower case for the same', () => {
		expect(claimAll('Lamp', 'lamp')).toEqual(['Lamp', 'lamp-2']);
		expect(claimAll('Caf\u00e9', 'Cafe\u0301')).toEqual(['Caf\u00e9', 'Cafe\u0301-2']);
	});

	it('differ although what made them differ had to be replaced or cut off', () => {
		expect(claimAll('a/b', 'a:b')).toEqual(['a-b', 'a-b-2']);
		const long = 'x'.repeat(200);
		expect(claimAll(`${long}1`, `${long}2`)).toEqual(['x'.repeat(195), `${'x'.repeat(193)}-2`]);
	});

	it('keep the suffix whole, and count after it', () => {
		const names = openImageNames();
		expect([1, 2].map(() => names.claim('sale', '-9x16'))).toEqual(['sale-9x16', 'sale-9x16-2']);
		expect(names.claim('sale-9x16')).toBe('sale-9x16-3');
		expect(names.claim('y'.repeat(200), '-16x9')).toBe(`${'y'.repeat(190)}-16x9`);
		expect(names.claim('...', '-1x1')).toBe('image-1x1');
	});

	it('are never given twice and stay as they are when made safe again, whatever is asked for', () => {
		const name = fc.oneof(
			fc.constantFrom(
				'a',
				'A',
				'a-2',
				'con',
				'',
				'.',
				'a'.repeat(119) + '-b',
				'a'.repeat(118) + '. b',
			),
			wellFormedText({ maxLength: 130 }),
		);
		fc.assert(
			fc.property(
				fc.array(fc.tuple(name, fc.constantFrom('', '-1x1', '-9x16')), { maxLength: 30 }),
				(asked) => {
					const names = openImageNames();
					const given = asked.map(([each, suffix]) => names.claim(each, suffix));
					expect(new Set(given.map((each) => each.toLowerCase())).size).toBe(asked.length);
					expect(given.map((each) => safeFileName(each))).toEqual(given);
				},
			),
		);
	});
});
