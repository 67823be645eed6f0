/**
 * Cleans pasted text as the nodes do (`nodes/NanoBanana/core/credential.ts`, which also names text that
 * cannot be understood): of quotes and blanks around it, of "Bearer" before a key, and of a meaningless end
 * of a base URL. These are n8n expressions, since n8n itself sends the test's request.
 */

const wrapping = String.raw`\s"'\u0060\u00b4\u2018-\u201e\u00ab\u00bb\u2039\u203a\u00ad\u200b-\u200f\u2060-\u206f`;

const prefixOfKey = String.raw`/^(?:[${wrapping}]|authorization\s{0,9}[:=]|bearer(?=[\s:=]|$)[:=]?)+/i`;

/** The key, for the expression of a header. */
export const pastedKey = `$credentials.apiKey.replace(${prefixOfKey}, "").replace(/[${wrapping}]{1,9}$/, "")`;

/** The header of a vendor that takes the key as a bearer. */
export const bearerHeader = `=Bearer {{ ${pastedKey} }}`;

const cleanBaseUrl = String.raw`$credentials.baseUrl.replace(/^[${wrapping}]+/, "").replace(/[${wrapping}?#\\\/]{1,9}$/, "")`;

/**
 * The base URL of a key test; empty, which n8n refuses as an invalid URL, where it has a user name, a query
 * or a fragment in it: the key must not be sent to the rest of such an address.
 */
export const testBaseUrl = `={{ /[?#@]/.test(${cleanBaseUrl}) ? "" : ${cleanBaseUrl} }}`;
