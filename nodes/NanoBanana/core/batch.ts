import { cleanText } from './text';

/** How far a run has come, as the error says it that ends all of it. */
export interface Batch {
	/** Images that were asked for, over all items. */
	readonly images: number;
	/** Those among them that lie ready at the vendor, but for the failed task's own. */
	readonly ready: number;
	/** Those that the vendor is still making. */
	readonly underWay: number;
	/** What was asked for where it failed. */
	readonly prompt: string | undefined;
}

const maxPromptLength = 80;

/**
 * What is paid, which prompt has failed and how the other images come out; empty for a run of one image.
 *
 * @param mayPass whether the failed task may fare better when n8n runs the node again
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
			? `${underWay} of ${images} images are paid and still being made.`
			: underWay === 0
				? `${ready} of ${images} images are ready and paid.`
				: `${ready} of ${images} images are ready and paid, ${underWay} more are paid and still being made.`;
	const continuing =
		"Settings → On Error → Continue (using error output), then 'Retry with currently saved workflow' in the list of executions. That buys none of them again.";
	const how = mayPass
		? `'Retry' in the list of executions brings them together with this one, once it succeeds. To get them without it: ${continuing}`
		: `'Retry' alone fails again. To get them: ${continuing}`;
	return [...sentences, state, how];
}
