import type { IncomingHttpHeaders } from 'node:http';
import { Failure, refusal } from './exchange';
import type { SandboxSettings } from './settings';
import type { SandboxPart } from './world';

const bearer = { name: 'authorization', prefix: 'Bearer ' };

/** The key of a request, where the vendor looks for it. */
export function keyOf(headers: IncomingHttpHeaders, part: SandboxPart): string | undefined {
	const { name, prefix } = part.keyHeader ?? bearer;
	const text = String(headers[name] ?? '');
	const key = text.startsWith(prefix) ? text.slice(prefix.length) : '';
	return /^\S+$/.test(key) ? key : undefined;
}

/** Refuses a key that stands anywhere but in the vendor's own header, then checks the key. */
export function authenticate(
	settings: SandboxSettings,
	part: SandboxPart,
	path: string,
	headers: IncomingHttpHeaders,
	body: Buffer,
): void {
	const { name } = part.keyHeader ?? bearer;
	const others = Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
	const place = placeOfKey(settings, path, others, body);
	if (place) throw refusal(`the key stands in the ${place}`);
	const key = keyOf(headers, part);
	if (key === undefined) throw new Failure('missingKey', 'Missing API key');
	if (key === settings.blockedApiKey) {
		throw new Failure('blockedKey', 'This API key is blocked');
	}
	if (key !== settings.apiKey) throw new Failure('wrongKey', 'Invalid API key');
}

/** Where in a request the text of a key stands, if anywhere. */
export function placeOfKey(
	settings: SandboxSettings,
	path: string,
	headers: IncomingHttpHeaders,
	body: Buffer,
): string | undefined {
	for (const key of [settings.apiKey, settings.blockedApiKey]) {
		if (path.includes(key) || path.includes(encodeURIComponent(key))) return 'URL';
		for (const [name, value] of Object.entries(headers)) {
			if (String(value).includes(key)) return `header ${name}`;
		}
		if (body.includes(key)) return 'body';
	}
	return undefined;
}

/** Headers as the ledger keeps them: any key replaced by words. */
export function recordableHeaders(
	settings: SandboxSettings,
	headers: IncomingHttpHeaders,
	part?: SandboxPart,
): Record<string, string> {
	const keyHeaders = [bearer.name, part?.keyHeader?.name];
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => {
			const text = withoutKeys(settings, String(value));
			const known = text !== String(value);
			if (!keyHeaders.includes(name) || known) return [name, text];
			return [name, '<another key>'];
		}),
	);
}

/** A text with every key replaced by words. */
export function withoutKeys(settings: SandboxSettings, text: string): string {
	return text
		.replaceAll(settings.blockedApiKey, '<the blocked key>')
		.replaceAll(settings.apiKey, '<the key>');
}
