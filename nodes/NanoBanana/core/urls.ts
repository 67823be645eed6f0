/** Which addresses may be asked at all. Names are not resolved here: n8n's own protection does that. */

/** Undefined where the text is no http(s) URL, or carries a user name or password. */
export function parseHttpUrl(text: string): URL | undefined {
	if (!URL.canParse(text)) return undefined;
	const url = new URL(text);
	const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
	return isHttp && url.username === '' && url.password === '' ? url : undefined;
}

/** The base URL of a credential with a path appended, whatever path of its own or slash it ends with. */
export function joinUrl(
	baseUrl: string,
	path: string,
	query?: Readonly<Record<string, string>>,
): string {
	const url = new URL(`${baseUrl.trim().replace(/\/+$/, '')}${path}`);
	for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
	return url.toString();
}

/**
 * An id as one segment of a path. "." and ".." would name a folder however they are encoded, and half
 * a surrogate pair cannot be encoded: neither is an id of any vendor, so what stands for them is unknown
 * there.
 */
export function pathSegment(id: string): string {
	const encodable = id.replace(/\p{Surrogate}/gu, '\ufffd');
	return encodeURIComponent(/^\.{1,2}$/.test(encodable) ? `${encodable}_` : encodable);
}

export type AddressKind = 'public' | 'private' | 'forbidden';

/**
 * What kind of address a URL names literally: `forbidden` for link-local and cloud metadata ones,
 * `private` for loopback and private ranges. A name counts as public, but for those that can only
 * be local.
 */
export function addressKind(url: URL): AddressKind {
	const host = url.hostname.toLowerCase().replace(/\.+$/, '');
	if (host.startsWith('[')) return ipv6Kind(host.slice(1, -1));
	const octets = ipv4Octets(host);
	if (octets !== undefined) return ipv4Kind(octets);
	if (['metadata.google.internal', 'metadata.goog', 'instance-data'].includes(host)) {
		return 'forbidden';
	}
	const isLocalName =
		host === 'localhost' ||
		/\.(localhost|local|internal|lan|home\.arpa)$/.test(host) ||
		!host.includes('.');
	return isLocalName ? 'private' : 'public';
}

/** Why an address from a vendor's answer (or a redirect of it) is not asked; undefined: it may be. */
export function refusalOfVendorUrl(text: string, baseUrl: string): string | undefined {
	const url = parseHttpUrl(text);
	if (url === undefined) return 'what the vendor gave is no plain http(s) URL';
	const base = new URL(baseUrl);
	if (base.protocol === 'https:' && url.protocol !== 'https:') {
		return 'its URL is not encrypted (http) although the base URL of the credential is';
	}
	const kind = addressKind(url);
	if (kind === 'forbidden') return 'its URL leads to a link-local or metadata address';
	if (kind === 'private' && addressKind(base) === 'public') {
		return 'its URL leads to a private address although the base URL of the credential is public';
	}
	return undefined;
}

function ipv4Octets(host: string): readonly number[] | undefined {
	// The URL parser has already turned short, octal and hexadecimal spellings into four decimals.
	return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? host.split('.').map(Number) : undefined;
}

function ipv4Kind(octets: readonly number[]): AddressKind {
	const [first = 0, second = 0] = octets;
	if (first === 169 && second === 254) return 'forbidden';
	if (octets.join('.') === '100.100.100.200' || first === 0 || first >= 224) return 'forbidden';
	const isPrivate =
		first === 127 ||
		first === 10 ||
		(first === 172 && second >= 16 && second <= 31) ||
		(first === 192 && second === 168) ||
		(first === 100 && second >= 64 && second <= 127);
	return isPrivate ? 'private' : 'public';
}

function ipv6Kind(host: string): AddressKind {
	const embedded = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(host);
	if (embedded !== null) {
		const [high = 0, low = 0] = embedded.slice(1).map((part) => Number.parseInt(part, 16));
		return ipv4Kind([high >> 8, high & 0xff, low >> 8, low & 0xff]);
	}
	// 6to4 carries an IPv4 address within; site-local and translated ones belong to no public host.
	const sixToFour = /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4})?/.exec(host);
	if (sixToFour !== null) {
		const [high = 0, low = 0] = sixToFour.slice(1).map((part) => Number.parseInt(part || '0', 16));
		return ipv4Kind([high >> 8, high & 0xff, low >> 8, low & 0xff]);
	}
	if (/^(::ffff:0:|64:ff9b:1:)/.test(host)) return 'forbidden';
	if (host === '::1') return 'private';
	if (host === '::' || host === 'fd00:ec2::254') return 'forbidden';
	const firstGroup = Number.parseInt(host.split(':')[0] || '0', 16);
	if ((firstGroup & 0xffc0) === 0xfe80 || (firstGroup & 0xff00) === 0xff00) return 'forbidden';
	const isPrivate = (firstGroup & 0xfe00) === 0xfc00 || (firstGroup & 0xffc0) === 0xfec0;
	return isPrivate ? 'private' : 'public';
}

/** One spelling of a base URL for all that lead to the same place. */
export function canonicalBaseUrl(baseUrl: string): string {
	const { origin, pathname } = new URL(baseUrl);
	return `${origin}${pathname.replace(/\/{1,100}$/, '')}`;
}
