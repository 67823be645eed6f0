const maxLength = 120;
const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name (without ending) that every system and every storage service takes. The suffix, which has
 * to be safe itself, is never cut off.
 */
export function safeFileName(name: string, suffix = ''): string {
	const cleaned = name
		// eslint-disable-next-line no-control-regex -- control characters are what is to be removed
		.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
		.replace(/[\\/:*?"<>|]+/g, '-')
		.replace(/\s+/g, ' ')
		.replace(/^[.\s-]+/, '');
	// Shortened before its end is looked at: a pattern for an end tries every place of a long text.
	const short = [...cleaned.slice(0, 2 * maxLength)]
		.slice(0, maxLength - suffix.length)
		.join('')
		.replace(/[.\s-]+$/, '');
	if (short === '') return `image${suffix}`;
	const full = `${short}${suffix}`;
	return reservedOnWindows.test(full) ? `${full}-image` : full;
}

/** Drops an image ending that the user typed although the real type decides it. */
export function withoutImageEnding(name: string): string {
	return name.replace(/\.(png|jpe?g|webp)$/i, '');
}
