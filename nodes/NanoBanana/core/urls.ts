import { wellFormed } from './text';

/** Which addresses may be asked at all. Names are not resolved here: n8n's own protection does that. */

/**
 * Undefined where the text is not a URL. `URL.canParse` of Node 20 says that of every URL with an umlaut,
 * once it has been called some thousand times and is compiled.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
	try {
		return new URL(text, base);
	} catch {
		return undefined;
	}
}

/** Undefined where the text is not an http(s) URL, or carries a user name or password. */
export function parseHttpUrl(text: string): URL | undefined {
	const url = parseUrl(text);
	if (url === undefined) return undefined;
	const isHttp = url.protocol === 'http:' || url.protocol === 'https:';
	return isHttp && url.username === '' && url.password === '' ? url : undefined;
}

/**
 * The text without these characters at its end. By hand, since a pattern for the end of a text tries every
 * place of it.
 */
export function withoutEnd(text: string, characters: string): string {
	let end = text.length;
	while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
	return text.slice(0, end);
}

/**
 * Appends a path to the base URL of a credential, which may have a path of its own and a slash at its end.
 */
export function joinUrl(
	baseUrl: string,
	path: string,
	query?: Readonly<Record<string, string>>,
): string {
	const url = new URL(`${withoutEnd(baseUrl.trim(), '/')}${path}`);
	for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
	return url.toString();
}

/**
 * An id as one segment of a path. "." and ".." would name a folder in any encoding, and half a surrogate
 * pair cannot be encoded. No vendor has such an id, so the node sends another one, which no vendor knows.
 */
export function pathSegment(id: string): string {
	const encodable = wellFormed(id);
	return encodeURIComponent(/^\.{1,2}$/.test(encodable) ? `${encodable}_` : encodable);
}

export type AddressKind = 'public' | 'private' | 'forbidden';

/** The names of the cloud services that give a machine its secrets. */
const metadataNames: ReadonlySet<string> = new Set([
	'metadata.google.internal',
	'metadata.goog',
	'metadata',
	'instance-data',
	'instance-data.ec2.internal',
	'metadata.azure.internal',
	'metadata.platformequinix.com',
	'metadata.tencentyun.com',
	'api.metadata.cloud.ibm.com',
	'metadata.oraclecloud.com',
	'rancher-metadata',
]);

/** Top-level names that no public name server has: reserved, or in wide private use. */
const localTopLevels: ReadonlySet<string> = new Set([
	...['localhost', 'local', 'localdomain', 'internal', 'intranet', 'private', 'corp', 'home'],
	...['lan', 'test', 'svc', 'cluster', 'consul', 'docker', 'kubernetes', 'workgroup'],
	...['mail', 'intern', 'invalid', 'onion'],
]);

/** Names of home networks, and those that every name server resolves to the own machine. */
const localNames: ReadonlySet<string> = new Set([
	'home.arpa',
	'fritz.box',
	'localtest.me',
	'lvh.me',
]);

/**
 * The kind of address that a URL names literally: `forbidden` for link-local, cloud metadata and reserved
 * ones, `private` for loopback and private ranges. A name counts as public unless it can only be local.
 */
export function addressKind(url: URL): AddressKind {
	if (url.hostname.startsWith('[')) return ipv6Kind(ipv6Groups(url.hostname.slice(1, -1)));
	const labels = url.hostname
		.toLowerCase()
		.split('.')
		.filter((label) => label !== '');
	const host = labels.join('.');
	const octets = ipv4Octets(host);
	if (octets !== undefined) return ipv4Kind(octets);
	if (metadataNames.has(host)) return 'forbidden';
	if (/\.(?:nip|sslip)\.io$/.test(host)) return kindInName(labels.slice(0, -2).join('.'));
	const isLocalName =
		labels.length < 2 ||
		localTopLevels.has(labels.at(-1) ?? '') ||
		localNames.has(labels.slice(-2).join('.'));
	return isLocalName ? 'private' : 'public';
}

/** nip.io and sslip.io resolve a name to the address in it: app.10.0.0.1, app-10-0-0-1, 0a000001, --1. */
function kindInName(name: string): AddressKind {
	const decimal = /(?:^|[.-])((?:\d{1,3}[.-]){3}\d{1,3})(?=$|[.-])/.exec(name)?.[1];
	if (decimal !== undefined) return ipv4Kind(decimal.split(/[.-]/).map(Number));
	const hexadecimal = /(?:^|[.-])([\da-f]{8})$/.exec(name)?.[1];
	if (hexadecimal !== undefined) {
		return ipv4Kind([0, 2, 4, 6].map((at) => Number.parseInt(hexadecimal.slice(at, at + 2), 16)));
	}
	const ipv6 = parseUrl(`http://[${name.slice(name.lastIndexOf('.') + 1).replaceAll('-', ':')}]`);
	return ipv6 === undefined ? 'public' : addressKind(ipv6);
}

/** Why the node must not ask an address from a vendor's answer (or a redirect of it); undefined: it may. */
export function refusalOfVendorUrl(text: string, baseUrl: string): string | undefined {
	const url = parseHttpUrl(text);
	if (url === undefined) return 'its URL is not a plain http(s) URL';
	const base = new URL(baseUrl);
	if (base.protocol === 'https:' && url.protocol !== 'https:') {
		return 'its URL is not encrypted (http) although the base URL of the credential is';
	}
	const kind = addressKind(url);
	const itsUrl = `its ${url.protocol.replace(':', '')} URL`;
	if (kind === 'forbidden')
		return `${itsUrl} leads to an internal address (link-local or metadata)`;
	if (kind === 'private' && addressKind(base) === 'public') {
		return `${itsUrl} leads to a private address although the base URL of the credential is public`;
	}
	return undefined;
}

function ipv4Octets(host: string): readonly number[] | undefined {
	// The URL parser has already turned short, octal and hexadecimal spellings into four decimals.
	return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) ? host.split('.').map(Number) : undefined;
}

type Range = readonly [address: string, bits: number];

/** Cloud metadata and host services, link-local, multicast and addresses that no URL may have. */
const forbiddenIpv4: readonly Range[] = [
	['0.0.0.0', 8],
	['100.100.100.200', 32],
	['168.63.129.16', 32],
	['169.254.0.0', 16],
	['192.0.0.192', 32],
	['224.0.0.0', 3],
];

/**
 * RFC 1918, loopback, carrier-grade NAT, and the ranges for protocols, benchmarks and documentation. Of the
 * last, 203.0.113.0/24 is missing: it stands for a public address in examples.
 */
const privateIpv4: readonly Range[] = [
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.88.99.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
];

function ipv4Kind(octets: readonly number[]): AddressKind {
	const isIn = ([address, bits]: Range): boolean => {
		const size = 2 ** (32 - bits);
		const numberOf = (parts: readonly number[]): number =>
			parts.reduce((sum, part) => sum * 256 + part, 0);
		return (
			Math.floor(numberOf(octets) / size) ===
			Math.floor(numberOf(address.split('.').map(Number)) / size)
		);
	};
	if (forbiddenIpv4.some(isIn)) return 'forbidden';
	return privateIpv4.some(isIn) ? 'private' : 'public';
}

/** The eight numbers of an address as the URL parser writes it: hexadecimal, at most one "::". */
function ipv6Groups(host: string): readonly number[] {
	const [head = '', tail] = host.split('::');
	const groupsOf = (text: string): number[] =>
		text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
	const before = groupsOf(head);
	const after = groupsOf(tail ?? '');
	const between = tail === undefined ? 0 : 8 - before.length - after.length;
	return [...before, ...Array<number>(between).fill(0), ...after];
}

function ipv6Kind(groups: readonly number[]): AddressKind {
	const [
		first = 0,
		second = 0,
		third = 0,
		fourth = 0,
		fifth = 0,
		sixth = 0,
		seventh = 0,
		last = 0,
	] = groups;
	const ipv4In = (high: number, low: number): AddressKind =>
		ipv4Kind([high >> 8, high & 0xff, low >> 8, low & 0xff]);
	const startsWithZeros = (count: number): boolean =>
		groups.slice(0, count).every((group) => group === 0);

	if (startsWithZeros(7)) return last === 1 ? 'private' : ipv4In(seventh, last);
	// IPv4-compatible and IPv4-mapped; translated ones (RFC 2765) belong to no public host.
	if (startsWithZeros(6) || (startsWithZeros(5) && sixth === 0xffff)) return ipv4In(seventh, last);
	if (startsWithZeros(4) && fifth === 0xffff) return 'forbidden';
	// NAT64 carries an IPv4 address at its end, 6to4 one behind its first group.
	if (first === 0x64 && second === 0xff9b) {
		const isWellKnown = third === 0 && fourth === 0 && fifth === 0 && sixth === 0;
		return isWellKnown ? ipv4In(seventh, last) : 'forbidden';
	}
	if (first === 0x2002) return ipv4In(second, third);
	// Teredo and the other protocol ranges (2001::/23), documentation, the discard prefix.
	if (first === 0x2001 && (second < 0x200 || second === 0xdb8)) return 'forbidden';
	if (first === 0x3fff && second < 0x1000) return 'forbidden';
	if (first === 0x100 && second === 0 && third === 0 && fourth === 0) return 'forbidden';
	// Segment routing, which stays within a provider's network (RFC 9602).
	if (first === 0x5f00) return 'forbidden';
	// The metadata of Amazon's and Google's clouds.
	if (first === 0xfd00 && second === 0xec2) return 'forbidden';
	if (first === 0xfd20 && second === 0xce) return 'forbidden';
	if ((first & 0xffc0) === 0xfe80 || (first & 0xff00) === 0xff00) return 'forbidden';
	const isPrivate = (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0;
	return isPrivate ? 'private' : 'public';
}
