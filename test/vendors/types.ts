import type { ICredentialType } from 'n8n-workflow';

import type { ErrorCode } from '../../nodes/NanoBanana/core/failure';
import type { Cost } from '../../nodes/NanoBanana/core/cost';
import type { TaskState } from '../../nodes/NanoBanana/core/task';
import type { ApiRequest, Delivery, VendorRequest } from '../../nodes/NanoBanana/core/vendor';
import type { ModelId } from '../../nodes/NanoBanana/core/words';
import type { LivePart } from '../live/types';
import type { SandboxPart } from '../sandbox/world';

/** The body of an answer: anything that JSON can hold. */
export type Body = unknown;

/** An error answer that the contract sheet names, and what must come of it. */
export interface DocumentedError {
	readonly name: string;
	readonly status: number;
	readonly body: Body;
	/** What it means where it answers a poll of a task. */
	readonly code: ErrorCode;
	/** What it means where it answers a submit, if that is something else. */
	readonly codeOnSubmit?: ErrorCode;
	readonly vendorCode?: string;
	/** Whether a submit that was answered so may have made a task. */
	readonly taskMayExist: boolean;
	/** Whether the same submit is sent again: only where no task can exist, or where a key makes it safe. */
	readonly submitAgain: boolean;
	/** Whether the same poll is repeated. */
	readonly pollAgain: boolean;
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

/** What the vendor's page says that one of our models can do, in the vendor's id for it. */
export interface DocumentedModel {
	readonly vendorModel: string;
	/** As the panel describes it: sizes and, where it is published, the price. */
	readonly about: string;
	readonly ratios: number;
	readonly formats: string;
	readonly references: number | undefined;
}

/** One answer to a cancel, and what must come of it. */
export interface DocumentedCancel {
	readonly status: number;
	readonly body: Body;
	/** Of the outcome as much as matters. */
	readonly outcome:
		| { readonly ok: true; readonly value: unknown }
		| {
				readonly ok: false;
				readonly failure: { readonly code: ErrorCode; readonly hint?: RegExp };
		  };
}

/** What is documented of a vendor, as data: its page in `docs/vendors` says where each fact is from. */
export interface VendorFacts {
	readonly id: string;
	/** The page that says where each fact is from, from the project's folder on. */
	readonly page: string;
	/** By our own ids. */
	readonly models: Readonly<Partial<Record<ModelId, DocumentedModel>>>;
	/** What the vendor can do and how much it takes; what is absent it cannot, or does not limit. */
	readonly abilities: {
		readonly cancel?: true;
		readonly balance?: true;
		readonly callback?: { readonly needsHttps: boolean };
		readonly idempotent?: true;
		readonly upload?: true;
		readonly references: 'inline' | 'upload' | 'url';
		readonly noUrlsBesideFiles?: true;
		readonly imagesInTask?: number;
		readonly bytes?: number;
		readonly prompt?: number;
		readonly limit?: { readonly requests: number; readonly perMs: number };
	};
	/** What the harness's typical answers say that a task costs. */
	readonly costs: { readonly submit?: Cost; readonly poll?: Cost };
	/** The vendor's words for states. */
	readonly states: Readonly<Record<string, TaskState>>;
	/** Error statuses, each of which has a fixture. */
	readonly documentedStatuses: readonly number[];
	readonly errors: readonly DocumentedError[];
	/** What a bare HTTP status means in the answer to a poll, where it is something else than usual. */
	readonly bareStatuses?: Readonly<
		Record<number, { readonly code: ErrorCode; readonly again: boolean }>
	>;
	/** Fields of answers: each stands in a fixture. */
	readonly answerFields: readonly string[];
	/** Dotted names of all fields that a submit may have. */
	readonly submitFields: readonly string[];
	readonly submitHeaders: readonly string[];
	/** What stands for `auto` on the wire. */
	readonly autoRatio: 'auto' | undefined;
	readonly modes: { readonly generate: unknown; readonly edit: unknown };
	/** Where a submit says whereto the vendor shall call. */
	readonly callbackField?: string;
	/** It stands in the query and not in the body. */
	readonly callbackIsQuery?: true;
	/** Codes of errors at HTTP 200: those that say nothing certain of a submit, and those that do. */
	readonly codesAtSuccess: {
		readonly unclear: readonly string[];
		readonly believed?: ReadonlyArray<readonly [code: string, means: ErrorCode]>;
	};
	readonly cancelAnswers?: readonly DocumentedCancel[];
	/** Answers to the credential's test that count as a good key, and those that do not. */
	readonly keyTest: {
		readonly good: ReadonlyArray<readonly [status: number, body: Body]>;
		readonly bad: ReadonlyArray<readonly [status: number, body: Body, says: RegExp]>;
		/** A blocked key is answered like a wrong one: on every n8n, or only on one that reads bodies. */
		readonly blockedIsWrong?: 'always' | 'newest';
	};
}

/** How typical requests are read and typical answers are built. */
export interface VendorHarness {
	readWire(request: VendorRequest): WireSubmit;
	/** The id of the task that a request asks for. */
	readTaskId(request: ApiRequest): unknown;

	/** The typical answers to the requests of a submit, with everything that is documented. */
	submitted(taskId: string): readonly Body[];
	/** Where the id stands in the first of them. */
	readonly submittedId: readonly string[];
	/** The typical answers to the requests of a poll. */
	poll(word: string, imageUrls: readonly string[]): readonly Body[];
	/** Where the state stands in the first of them, and the images in the last. */
	readonly pollState: readonly string[];
	readonly pollImages: readonly string[];
	readonly uploaded?: (url: string) => readonly Body[];
	readonly balance?: (amount: number) => readonly Body[];
	readonly canceled?: () => readonly Body[];
	/** What the vendor sends when a task has ended. */
	readonly callback?: (taskId: string) => Delivery;
}

/** The vendor as any other program would ask it: the sandbox is tried with this, not with the node. */
export interface VendorClient {
	/** The smallest good body of a submit, for 16:9 at 1K. */
	readonly submitBody: (
		prompt: string,
		references?: readonly string[],
	) => Readonly<Record<string, unknown>>;
	readonly submitPath: string;
	/** The id in the answer to a submit. */
	readonly taskId: string;
	/** Asks for a task. */
	readonly poll: (taskId: string) => { readonly path: string; readonly json?: unknown };
	/** Asks for the result of a task by itself; absent where a poll has it. */
	readonly result?: (taskId: string) => { readonly path: string };
	/** The state word in the answer to a poll: a dotted path. */
	readonly state: string;
	readonly urls: (polled: unknown) => readonly string[];
	/** A member of the answer to a poll that a callback does not have; only of vendors that call back. */
	readonly onlyInPoll?: string;
	/** States on the way, in order, and the words for a good and a bad end. */
	readonly words: {
		readonly inFlight: readonly string[];
		readonly done: string;
		readonly failed: string;
	};
	/** What the smallest good submit costs in the sandbox, in the vendor's unit. */
	readonly cost: number;
	/** Members that hold the fields of an image: absent where they stand at the top. */
	readonly inner?: string;
	readonly fields: {
		/** Absent: `prompt`. */
		readonly prompt?: string;
		readonly ratio: string;
		readonly resolution: string;
		readonly references: string;
	};
	/** The model stands in the submit's path and not in its body. */
	readonly modelIsInPath?: true;
	/** The field that asks for several images in a task. */
	readonly countField?: string;
	/** What an edit needs beside its references. */
	readonly edit?: Readonly<Record<string, unknown>>;
	/** The code in the body of a refusal; absent where the HTTP status says all. */
	readonly refusalCode?: number;
	/** The HTTP status of a refusal; absent: 400. */
	readonly refusalStatus?: number;
	/** What only this vendor refuses: a change of the smallest good body, and the sandbox's reason. */
	readonly ownRefusals?: ReadonlyArray<
		readonly [change: Readonly<Record<string, unknown>>, reason: RegExp]
	>;
	/** Where the code of an error stands in its body, where the HTTP status is 200. */
	readonly errorCodeAt?: string;
	/** What an unknown task is answered. */
	readonly unknownTask: { readonly status: number; readonly code?: number };
	/** Blocked keys are told from wrong ones. */
	readonly tellsBlocked?: true;
	/** What a delivery calls a task, where that is not its id. */
	readonly nameInCallback?: (taskId: string) => string;
	/** A delivery in the vendor's shape, which anybody could send. */
	readonly delivery?: (taskId: string) => Delivery;
	/** The verbs beyond submit and poll, each as it is asked for something that is not there. */
	readonly others?: Readonly<
		Partial<
			Record<
				'cancel' | 'balance' | 'upload',
				{
					readonly path: string;
					readonly method?: 'GET' | 'POST' | 'PUT';
					readonly json?: unknown;
					readonly form?: Readonly<Record<string, string>>;
				}
			>
		>
	>;
}

/** Everything that the tests need of a vendor: one folder, one line in the registry. */
export interface TestedVendor {
	readonly facts: VendorFacts;
	readonly credential: ICredentialType;
	readonly harness: VendorHarness;
	readonly client: VendorClient;
	readonly sandbox: SandboxPart;
	readonly live: LivePart;
}
