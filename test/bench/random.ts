/** From 0 to 1, as `Math.random`. */
export type Random = () => number;

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Lengths that are spread evenly between two bounds. */
export function evenlySpread(
	count: number,
	{ minMs, maxMs }: { readonly minMs: number; readonly maxMs: number },
	random: Random,
): number[] {
	return Array.from({ length: count }, () => minMs + random() * (maxMs - minMs));
}
