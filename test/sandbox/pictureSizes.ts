export interface PixelSize {
	width: number;
	height: number;
}

/** Gemini 3 Pro's published sizes at 1K; 2K is twice, 4K four times. */
const sizesAt1K: Record<string, readonly [number, number]> = {
	'1:1': [1024, 1024],
	'16:9': [1376, 768],
	'9:16': [768, 1376],
	'4:3': [1200, 896],
	'3:4': [896, 1200],
	'3:2': [1264, 848],
	'2:3': [848, 1264],
	'4:5': [928, 1152],
	'5:4': [1152, 928],
	'21:9': [1584, 672],
	'1:4': [512, 2048],
	'4:1': [2048, 512],
	'1:8': [384, 3072],
	'8:1': [3072, 384],
};

const factors: Record<string, number> = { '1K': 1, '2K': 2, '4K': 4 };

/** The ratios that every model takes. */
export const commonRatios = [
	'1:1',
	'2:3',
	'3:2',
	'3:4',
	'4:3',
	'4:5',
	'5:4',
	'9:16',
	'16:9',
	'21:9',
] as const;

/** The ratios that Nano Banana 2 takes beside them. */
export const extremeRatios = ['1:4', '4:1', '1:8', '8:1'] as const;

/** Pixels of a ratio and a resolution; `auto` follows the first reference, else it is a square. */
export function pixelSize(
	aspectRatio: string,
	resolution: string,
	reference?: PixelSize,
): PixelSize {
	const ratio = aspectRatio === 'auto' ? nearestRatio(reference) : aspectRatio;
	const [width, height] = sizesAt1K[ratio] ?? [1024, 1024];
	const factor = factors[resolution] ?? 1;
	return { width: width * factor, height: height * factor };
}

function nearestRatio(reference: PixelSize | undefined): string {
	if (!reference || reference.height === 0) return '1:1';
	const wanted = Math.log(reference.width / reference.height);
	let best = '1:1';
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const ratio of commonRatios) {
		const [width, height] = sizesAt1K[ratio] ?? [1, 1];
		const distance = Math.abs(Math.log(width / height) - wanted);
		if (distance < bestDistance) {
			best = ratio;
			bestDistance = distance;
		}
	}
	return best;
}
