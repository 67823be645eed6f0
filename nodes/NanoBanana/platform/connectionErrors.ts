import type { ConnectionFailureReason } from '../core/retryPolicy';
import { listOf } from '../core/tolerant';

/**
 * n8n wraps the errors of its HTTP client, so the system's code is somewhere in the chain of causes. A
 * reset does not show whether the request had been written. Only a timeout while connecting certainly comes
 * before that.
 */
export function connectionFailureReason(thrown: unknown): ConnectionFailureReason | 'aborted' {
	const links = causesOf(thrown);
	const codes = new Set(
		links.flatMap((link) => (typeof link.code === 'string' ? [link.code] : [])),
	);
	const has = (...candidates: readonly string[]) => candidates.some((code) => codes.has(code));
	const isConnecting = links.some((link) => link.syscall === 'connect');

	if (links.some((link) => /^(AbortError|CanceledError)$/.test(link.name))) return 'aborted';
	if (has('ERR_CANCELED', 'ABORT_ERR')) return 'aborted';
	if (links.some((link) => /^Ssrf/i.test(link.constructorName))) return 'blocked';
	if (has('ECONNREFUSED')) return 'refused';
	if (has('ENOTFOUND', 'EAI_AGAIN')) return 'dns';
	if (isConnecting && has('ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH')) return 'connectTimeout';
	if ([...codes].some((code) => isTlsCode(code))) return 'tls';
	if (has('ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT')) return 'timeout';
	return 'reset';
}

interface Link {
	readonly name: string;
	readonly constructorName: string;
	readonly code: unknown;
	readonly syscall: unknown;
}

const maxLinks = 20;

/** The thrown value and its causes; of several addresses that were tried, all their errors. */
function causesOf(thrown: unknown): readonly Link[] {
	const links: Link[] = [];
	const queue: unknown[] = [thrown];
	while (queue.length > 0 && links.length < maxLinks) {
		const current = queue.shift();
		if (typeof current !== 'object' || current === null) continue;
		const error = current as Readonly<Record<string, unknown>>;
		links.push({
			name: typeof error.name === 'string' ? error.name : '',
			// An object without a prototype has no constructor either.
			constructorName: typeof error.constructor === 'function' ? error.constructor.name : '',
			code: error.code,
			syscall: error.syscall,
		});
		queue.push(error.cause, ...listOf(error.errors).slice(0, maxLinks));
	}
	return links;
}

/** Alerts that only a handshake gives; others also come in the middle of a connection. */
const handshakeCodes =
	/^(ERR_TLS_CERT_ALTNAME_INVALID|ERR_TLS_HANDSHAKE_TIMEOUT|ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|PACKET_LENGTH_TOO_LONG|(SSLV3|TLSV1)_ALERT_(HANDSHAKE_FAILURE|PROTOCOL_VERSION)))$/;

/** Certificates that are refused, and handshakes that fail: nothing of the request was sent. */
function isTlsCode(code: string): boolean {
	return (
		code.startsWith('CERT_') ||
		handshakeCodes.test(code) ||
		code.startsWith('UNABLE_TO_') ||
		code.startsWith('SELF_SIGNED_') ||
		code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ||
		code === 'HOSTNAME_MISMATCH'
	);
}
