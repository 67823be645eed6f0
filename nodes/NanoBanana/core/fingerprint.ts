/**
 * A short name for bytes: the same bytes have the same one, other bytes another. No protection against
 * someone who wants two to be alike (the hash is cyrb53).
 */
export function fingerprintOf(bytes: Uint8Array): string {
	let high = 0xdeadbeef;
	let low = 0x41c6ce57;
	for (const byte of bytes) {
		high = Math.imul(high ^ byte, 2654435761);
		low = Math.imul(low ^ byte, 1597334677);
	}
	high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
	low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
	const hash = [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
	return `${hash}${bytes.length.toString(16)}`;
}
