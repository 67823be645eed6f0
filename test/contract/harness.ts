import type { ErrorCode } from '../../../nodes/NanoBanana/core/failure';
import type { TaskState } from '../../../nodes/NanoBanana/core/task';
import type { VendorRequest } from '../../../nodes/NanoBanana/core/vendor';

/** The body of an answer: anything that JSON can hold. */
export type Body = unknown;

/** An error answer that the contract sheet names, and what must come of it. */
export interface DocumentedError {
	readonly name: string;
	readonly status: number;
	readonly body: Body;
	/** What it means where it answers a look at a task. */
	readonly code: ErrorCode;
	/** What it means where it answers a submit, if that is something else. */
	readonly codeOnSubmit?: ErrorCode;
	readonly vendorCode?: string;
	/** Whether a submit that was answered so may have made a task. */
	readonly taskMayExist: boolean;
	/** Whether the same submit is sent again: only where no task can exist, or where a key makes it safe. */
	readonly submitAgain: boolean;
	/** Whether the same look is repeated. */
	readonly lookAgain: boolean;
	readonly hint?: RegExp;
	/** The vendor's words, as the message has to show them. */
	readonly says?: string;
}

/** What a submit says on the wire, in the vendor's words. */
export interface WireSubmit {
	readonly model: unknown;
	readonly prompt: unknown;
	readonly aspectRatio: unknown;
	readonly resolution: unknown;
	readonly outputFormat: unknown;
	/** Undefined where the vendor has no field that tells an edit from a generation. */
	readonly mode: unknown;
	readonly numberOfImages: unknown;
	readonly referenceUrls: unknown;
}

/** All that the contract suite has to know of a vendor: how typical answers are built. */
export interface VendorHarness {
	readonly id: string;
	/** The vendor's words for states, as the contract sheet lists them. */
	readonly states: Readonly<Record<string, TaskState>>;
	/** Error statuses of the sheet, each of which has a fixture. */
	readonly documentedStatuses: readonly number[];
	readonly errors: readonly DocumentedError[];
	/** Fields of answers that the sheet names: each stands in a fixture. */
	readonly answerFields: readonly string[];

	/** Dotted names of all fields that a submit may have. */
	readonly submitFields: readonly string[];
	readonly submitHeaders: readonly string[];
	/** What stands for `auto` on the wire. */
	readonly autoRatio: 'auto' | undefined;
	readonly modes: { readonly generate: unknown; readonly edit: unknown };
	readWire(request: VendorRequest): WireSubmit;

	/** The typical answer to a submit, with everything that the sheet names. */
	submitted(taskId: string): Body;
	/** Where the id stands in it. */
	readonly submittedId: readonly string[];
	/** The typical answer to a look. */
	look(word: string, imageUrls: readonly string[]): Body;
	/** Where the state and the images stand in it. */
	readonly lookState: readonly string[];
	readonly lookImages: readonly string[];
	readonly uploaded?: (url: string) => Body;
	readonly balance?: (amount: number) => Body;
	readonly canceled?: () => Body;
	/** What the vendor sends when a task has ended, and where the submit says whereto. */
	readonly callback?: (taskId: string) => Body;
	readonly callbackField?: string;
}
