import { safeFileName } from './fileName';

/** The file names of one run. Whoever writes its images into one folder must not lose one to another. */
export interface ImageNames {
	/**
	 * Gives a safe name (without ending) that it gives to nobody else, whatever ending the file gets: the
	 * one asked for, then the same with -2, -3, … The suffix stands before the number.
	 */
	claim(name: string, suffix?: string): string;
}

export function openImageNames(): ImageNames {
	const taken = new Set<string>();
	const counts = new Map<string, number>();
	return {
		claim(name, suffix = '') {
			const wanted = safeFileName(name, suffix);
			const wantedKey = keyOf(wanted);
			for (let count = (counts.get(wantedKey) ?? 0) + 1; ; count++) {
				const given = count === 1 ? wanted : safeFileName(name, `${suffix}-${count}`);
				if (taken.has(keyOf(given))) continue;
				taken.add(keyOf(given));
				counts.set(wantedKey, count);
				return given;
			}
		},
	};
}

/** What an image is called where the user gave no name. */
export function defaultImageName(taskId: string): string {
	return `nano-banana-${taskId}`;
}

/** Some systems take names for the same that differ in case or in how an accent is written. */
function keyOf(name: string): string {
	return name.normalize('NFC').toLowerCase();
}
