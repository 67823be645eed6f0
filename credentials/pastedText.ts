/**
 * Cleans pasted text as the nodes do (`nodes/NanoBanana/core/credential.ts`, which also names the mistake
 * in text that it refuses). Removes quotes and spaces around the text, "Bearer" before a key, and
 * meaningless characters at the end of a base URL. These are n8n expressions, because n8n itself sends the
 * request of the test.
 */

const wrapping = String.raw`\s"'\u0060\u00b4\u2018-\u201e\u00ab\u00bb\u2039\u203a\u00ad\u200b-\u200f\u2060-\u206f`;

const prefixOfKey = String.raw`/^(?:[${wrapping}]|authorization\s{0,9}[:=]|bearer(?=[\s:=]|$)[:=]?)+/i`;

/** The key, for the expression of a header. */
export const pastedKey = `$credentials.apiKey.replace(${prefixOfKey}, "").replace(/[${wrapping}]{1,9}$/, "")`;

/** The header of a vendor that takes the key as a bearer token. */
export const bearerHeader = `=Bearer {{ ${pastedKey} }}`;

const cleanBaseUrl = String.raw`$credentials.baseUrl.replace(/^[${wrapping}]+/, "").replace(/[${wrapping}?#\\\/]{1,9}$/, "")`;

/**
 * The base URL of a key test. It is empty, which n8n refuses as an invalid URL, if the text has a user
 * name, a query or a fragment: the key must not be sent to such an address.
 */
export const testBaseUrl = `={{ /[?#@]/.test(${cleanBaseUrl}) ? "" : ${cleanBaseUrl} }}`;
