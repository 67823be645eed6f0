import { randomInt } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id in the manner of a ULID: 26 letters, the first ten from the clock. */
export function ulid(): string {
	let time = Date.now();
	let letters = '';
	for (let index = 0; index < 10; index++) {
		letters = (alphabet[time % 32] ?? '0') + letters;
		time = Math.floor(time / 32);
	}
	for (let index = 0; index < 16; index++) letters += alphabet[randomInt(32)] ?? '0';
	return letters;
}
