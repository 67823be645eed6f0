import { failed, success, type Failure, type Outcome } from './failure';
import { textOf } from './tolerant';
import { parseUrl, withoutEnd } from './urls';

/** The content of a credential, ready for use. */
export interface VendorAccess {
	/** Printable ASCII without blanks. */
	readonly apiKey: string;
	/** http or https, a host and perhaps a path; without a slash at its end. */
	readonly baseUrl: string;
}

/**
 * Reads pasted text: removes spaces, quotes and "Bearer" around the key, and meaningless characters at the
 * end of a base URL. The rest is used as it is, or refused with its mistake named. The expressions of the
 * credentials (`credentials/pastedText.ts`) must understand the same.
 */
export function readAccess(
	vendorName: string,
	credential: { readonly apiKey?: unknown; readonly baseUrl?: unknown },
): Outcome<VendorAccess> {
	const apiKey = withoutBearer(textOf(credential.apiKey) ?? '');
	const keySlip = slipOfKey(apiKey);
	if (keySlip !== undefined) return failed(badKey(vendorName, keySlip));
	const written = withoutWrapping(textOf(credential.baseUrl) ?? '');
	const baseUrl = withoutEnd(written, '?#\\/ ');
	const urlSlip = slipOfBaseUrl(baseUrl);
	if (urlSlip !== undefined) return failed(badBaseUrl(vendorName, urlSlip));
	return success({ apiKey, baseUrl: withoutEnd(new URL(baseUrl).toString(), '/') });
}

/** A longer text is not a key, and searching answers for it would take too long. */
const longestKey = 2_000;

const quotes = '"\'`´“”„‘’‚«»‹›';

/** Blanks of all kinds, and other invisible characters. */
const blank = /[\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f]/;

function withoutWrapping(text: string): string {
	const isWrapping = (character: string | undefined): boolean =>
		character !== undefined && (quotes.includes(character) || blank.test(character));
	let start = 0;
	let end = text.length;
	while (start < end && isWrapping(text[start])) start++;
	while (start < end && isWrapping(text[end - 1])) end--;
	return text.slice(start, end);
}

function withoutBearer(text: string): string {
	const prefix = /^(?:authorization\s{0,9}[:=]|bearer(?=[\s:=]|$)[:=]?)/i;
	let key = withoutWrapping(text);
	for (let next = ''; (next = withoutWrapping(key.replace(prefix, ''))) !== key;) key = next;
	return key;
}

function slipOfKey(apiKey: string): string | undefined {
	if (apiKey === '') return 'holds no API key';
	if (/^https?:\/\//i.test(apiKey)) return 'holds a URL in place of the API key';
	if (apiKey.length > longestKey)
		return `holds ${apiKey.length} characters, which is too long for an API key`;
	if (/[\r\n]/.test(apiKey)) return 'holds an API key with a line break in it';
	if (/\*{3}|•|…|\.{3}/.test(apiKey)) return 'holds an API key that is partly hidden';
	const odd = /[^\x21-\x7e]/u.exec(apiKey)?.[0];
	if (odd === undefined) return undefined;
	if (blank.test(odd))
		return `holds an API key with a space or an invisible character in it (${nameOf(odd)})`;
	return `holds a key with a character that keys cannot have: ${nameOf(odd)}`;
}

function slipOfBaseUrl(baseUrl: string): string | undefined {
	if (baseUrl === '') return 'is empty';
	if (!/^https?:/i.test(baseUrl)) return 'is not a valid URL: it does not begin with https://';
	if (blank.test(baseUrl))
		return 'is not a valid URL: it has a space or an invisible character in it';
	const url = parseUrl(baseUrl);
	if (url === undefined) return 'is not a valid URL';
	if (url.username !== '' || url.password !== '') return 'has a user name or a password in it';
	if (url.search !== '' || baseUrl.includes('?')) return 'has a query in it (the part after "?")';
	if (url.hash !== '' || baseUrl.includes('#')) return 'has a fragment in it (the part after "#")';
	return undefined;
}

/** Names a character as "U+00E4": the character itself may be invisible, or reverse the text. */
function nameOf(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function badBaseUrl(vendorName: string, slip: string): Failure {
	return {
		reason: 'invalidRequest',
		message: `The base URL in the ${vendorName} credential ${slip}`,
		hint: 'Open the credential and restore the default, or enter a URL that starts with https:// and has only a host and, if needed, a path.',
	};
}

function badKey(vendorName: string, slip: string): Failure {
	return {
		reason: 'authentication',
		message: `The ${vendorName} credential ${slip}`,
		hint: 'Open the credential, paste the whole API key in one line, and test it.',
	};
}
