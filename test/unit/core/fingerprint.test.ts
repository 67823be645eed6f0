import fc from 'fast-check';

import { fingerprintOf } from '../../../nodes/NanoBanana/core/fingerprint';

it('is the same for the same bytes, in every run', () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
			expect(fingerprintOf(bytes)).toBe(fingerprintOf(Uint8Array.from(bytes)));
		}),
	);
	expect(fingerprintOf(new TextEncoder().encode('banana'))).toBe(
		fingerprintOf(Buffer.from('banana')),
	);
});

it('is another one as soon as one byte differs', () => {
	fc.assert(
		fc.property(
			fc.uint8Array({ minLength: 1, maxLength: 500 }),
			fc.nat(),
			fc.integer({ min: 1, max: 255 }),
			(bytes, place, change) => {
				const other = Uint8Array.from(bytes);
				const index = place % other.length;
				other[index] = (other[index]! + change) % 256;
				expect(fingerprintOf(other)).not.toBe(fingerprintOf(bytes));
			},
		),
		{ numRuns: 1_000 },
	);
});

it('tells ten thousand pictures apart', () => {
	const names = Array.from({ length: 10_000 }, (_, index) =>
		fingerprintOf(Buffer.from(`picture ${index}`)),
	);
	expect(new Set(names).size).toBe(names.length);
});

it('tells lengths apart that are nothing but zeros', () => {
	const names = Array.from({ length: 64 }, (_, length) => fingerprintOf(new Uint8Array(length)));
	expect(new Set(names).size).toBe(names.length);
});
