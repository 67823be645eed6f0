import { cleanText } from './text';

/** The progress of a run, for the message of an error that ends the whole run. */
export interface Batch {
	/** Images asked for, over all items. */
	readonly images: number;
	/** Images that are ready at the vendor, without those of the failed task. */
	readonly ready: number;
	/** Images that the vendor is still making. */
	readonly underWay: number;
	/** The prompt that failed. */
	readonly prompt: string | undefined;
}

const maxPromptLength = 80;

/**
 * The paid images, the failed prompt and the way to the other images; empty for a run of one image.
 *
 * @param mayPass whether the failed task may succeed when n8n runs the node again
 */
export function batchSentences(
	{ images, ready, underWay, prompt }: Batch,
	mayPass: boolean,
): readonly string[] {
	if (images < 2) return [];
	const shown = cleanText(prompt ?? '');
	const short =
		shown.length > maxPromptLength ? `${shown.slice(0, maxPromptLength).trimEnd()}…` : shown;
	const sentences = short === '' ? [] : [`The prompt that failed: "${short}".`];
	if (ready + underWay === 0) return sentences;
	const state =
		ready === 0
			? `${underWay} of ${images} images are paid for and still being made.`
			: underWay === 0
				? `${ready} of ${images} images are ready and paid for.`
				: `${ready} of ${images} images are ready and paid for. ${underWay} more are paid for and still being made.`;
	const continuing =
		"set Settings → On Error to 'Continue (using error output)', save, and choose 'Retry with currently saved workflow' in the list of executions. The retry buys none of them again.";
	const how = mayPass
		? `'Retry' in the list of executions downloads them, if this image succeeds then. To get them without it, ${continuing}`
		: `'Retry' alone fails again. To get them, ${continuing}`;
	return [...sentences, state, how];
}
