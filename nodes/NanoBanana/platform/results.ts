import type { Attempt } from '../core/attempts';
import type { Failure } from '../core/failure';
import type { OrderSettings } from '../core/order';
import type { Cost } from '../core/cost';
import type { TaskState } from '../core/task';
import type { StoredImage } from './downloadImage';

/** What is known of one task when the node is done with it. */
export interface TaskResult {
	readonly taskId: string;
	readonly state: TaskState;
	readonly requestId?: string | undefined;
	readonly cost?: Cost | undefined;
	readonly text?: string | undefined;
	/** Milliseconds since the epoch; undefined where nobody knows. */
	readonly submittedAtMs?: number | undefined;
	readonly completedAtMs?: number | undefined;
	readonly polls: number;
	readonly warnings: readonly string[];
	/** What was asked for; null where only the vendor could tell and does not. */
	readonly model: string | null;
	readonly prompt: string | null;
	readonly aspectRatio: string | null;
	readonly resolution: string | null;
	readonly raw?: unknown;
}

/** One image of a task, or the task itself while it has none. */
export type ImageResult =
	| { readonly ok: true; readonly task: TaskResult; readonly image: ResultImage | null }
	| { readonly ok: false; readonly failure: Failure };

export interface ResultImage {
	/** Position among the images of the input item, from 0. */
	readonly index: number;
	readonly url: string;
	/** Undefined where it was not to be downloaded. */
	readonly stored: StoredImage | undefined;
}

/** Everything that came of one input item whose parameters were right. */
export interface ImageResults {
	readonly itemIndex: number;
	readonly settings: OrderSettings;
	readonly operation: string;
	readonly results: readonly ImageResult[];
	/** Where the item failed before it came here. */
	readonly attempts?: readonly Attempt[];
}

export type ItemResult = ImageResults | { readonly itemIndex: number; readonly failure: Failure };
