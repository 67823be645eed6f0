import { createHash, randomBytes } from 'node:crypto';

import { objectOf } from '../../nodes/NanoBanana/core/tolerant';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** Letters and digits mixed, and so long that it is no word. */
const longToken = /\b(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{16,}\b/g;
const email = /[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g;
const ipAddress = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g;
const url = /https?:\/\/[^\s"'<>\\]+/g;
const nameOfId = /(^|_)ids?$|[a-z]I[dD]s?$/;
const nameOfPerson = /^(user|account|customer|owner|email|phone|ip)/i;

/**
 * Takes out of answers what belongs to one account: ids, signatures of URLs, e-mail and IP addresses.
 * An id becomes another one of the same form, the same one wherever it stands; the salt is thrown away
 * with the scrubber, so nobody finds the way back.
 */
export class Scrubber {
	readonly #salt = randomBytes(16);

	readonly #ids = new Set<string>();

	/** Learns ids by the names of their fields, wherever they then stand. */
	learn(value: unknown): void {
		if (Array.isArray(value)) for (const entry of value) this.learn(entry);
		for (const [name, member] of Object.entries(objectOf(value) ?? {})) {
			if (nameOfId.test(name)) this.learnId(member);
			this.learn(member);
		}
	}

	learnId(value: unknown): void {
		if (Array.isArray(value)) for (const entry of value) this.learnId(entry);
		else if (typeof value === 'string' && value.length >= 6) this.#ids.add(value);
	}

	scrub(value: unknown, name = ''): unknown {
		if (typeof value === 'string') return nameOfPerson.test(name) ? 'scrubbed' : this.text(value);
		if (Array.isArray(value)) return value.map((entry) => this.scrub(entry, name));
		const object = objectOf(value);
		if (object === undefined) return value;
		return Object.fromEntries(
			Object.entries(object).map(([key, member]) => [key, this.scrub(member, key)]),
		);
	}

	text(text: string): string {
		const longestFirst = [...this.#ids].sort((one, other) => other.length - one.length);
		const withoutIds = longestFirst.reduce(
			(result, id) => result.split(id).join(this.#disguise(id)),
			text,
		);
		return withoutIds
			.replace(url, (address) => withoutSignature(address))
			.replace(uuid, (id) => this.#disguise(id))
			.replace(longToken, (token) => this.#disguise(token))
			.replace(email, 'someone@example.com')
			.replace(ipAddress, '192.0.2.1');
	}

	/** What stands before the last underline is the kind of the id, and stays. */
	#disguise(id: string): string {
		const keptLength = id.lastIndexOf('_') + 1;
		const digest = createHash('sha512').update(this.#salt).update(id).digest();
		const disguised = [...id.slice(keptLength)].map((letter, index) => {
			const byte = digest[index % digest.length] ?? 0;
			if (/\d/.test(letter)) return String(byte % 10);
			if (/[a-f]/.test(letter)) return 'abcdef'[byte % 6];
			if (/[g-z]/.test(letter)) return 'ghijklmnopqrstuvwxyz'[byte % 20];
			if (/[A-Z]/.test(letter)) return 'ABCDEFGHJKMNPQRSTVWXYZ'[byte % 22];
			return letter;
		});
		return id.slice(0, keptLength) + disguised.join('');
	}
}

/** The names of the parameters stay: which a URL has is worth knowing. */
function withoutSignature(address: string): string {
	const [path = '', query] = address.split('?');
	if (query === undefined) return path;
	const names = query.split('&').map((part) => part.split('=')[0] ?? '');
	return `${path}?${names.map((name) => `${name}=scrubbed`).join('&')}`;
}
