import type { Failure, Outcome } from './failure';
import type { ImageRequest, ReferenceFile } from './request';
import type { CostUnit, TaskReference, TaskSnapshot } from './task';
import type { AspectRatio, ModelId, OutputFormat, Resolution } from './words';

export type JsonValue =
	string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export type MultipartPart =
	| { readonly name: string; readonly value: string }
	| { readonly name: string; readonly file: ReferenceFile };

/** One HTTP request to the vendor, without the key: the platform adds that. */
export interface VendorRequest {
	readonly method: 'GET' | 'POST';
	/** Appended to the credential's base URL; ids in it are already encoded. */
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?:
		| { readonly kind: 'json'; readonly value: JsonObject }
		| { readonly kind: 'multipart'; readonly parts: readonly MultipartPart[] };
}

/** The whole answer, whatever its status. */
export interface VendorResponse {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** The parsed body, or undefined where it is no JSON. */
	readonly json: unknown;
	readonly text: string;
}

/**
 * One thing that a vendor can be asked. Both halves are pure: the core decides when to send, how
 * often and what a failure means; the platform holds the key and the network.
 */
export interface Verb<Input, Output> {
	request(input: Input): VendorRequest;
	/** Never throws, whatever the vendor sent. */
	read(response: VendorResponse, input: Input): Outcome<Output>;
}

export interface SubmitInput {
	readonly request: ImageRequest;
	/** Minted once per task, outside all retries. Vendors without idempotency ignore it. */
	readonly idempotencyKey: string;
	/** Where the vendor is to tell that the task has ended. Only with vendors that have callbacks. */
	readonly callbackUrl?: string | undefined;
}

export interface TaskInput {
	readonly taskId: string;
}

export interface CancelResult {
	/** False where the vendor says that there was nothing left to cancel. */
	readonly canceled: boolean;
}

export interface Balance {
	readonly amount: number;
	readonly unit: CostUnit;
	/** Further balances that the vendor lists, by our name for them. */
	readonly others?: Readonly<Record<string, number>>;
}

/** What one model can do, as the vendor's own page says: what no page says stays absent. */
export interface ModelCapabilities {
	readonly vendorModel: string;
	/** Empty where the model has no field for it. */
	readonly resolutions: readonly Resolution[];
	readonly aspectRatios: readonly AspectRatio[];
	/** Empty where the model has no field for it. */
	readonly outputFormats: readonly OutputFormat[];
	/** Where it is absent, what the largest model of Google's takes is the limit. */
	readonly maxReferences?: number;
	readonly listPrice?: ListPrice;
}

/** What the vendor's page asks for one image: shown to choose by, never counted with. */
export interface ListPrice {
	readonly unit: CostUnit;
	readonly amount: number | Readonly<Record<Resolution, number>>;
}

export interface ReferenceCapabilities {
	/**
	 * How bytes reach the vendor: within the submit, through its own upload, or only as a URL that
	 * it fetches itself.
	 */
	readonly delivery: 'inline' | 'upload' | 'url';
	/** Undefined where the vendor publishes no limit. */
	readonly maxBytes?: number;
	readonly mediaTypes: readonly string[];
}

/**
 * How the vendor tells that a task has ended. What it sends is a hint and no more: nobody signs it, it
 * may come twice, late or never, so whoever gets it asks the vendor for the task before believing it.
 */
export interface CallbackCapability {
	/** The task that a delivery speaks of; undefined where it names none. Never throws. */
	readTaskId(body: unknown): string | undefined;
	/** The vendor refuses an address that is not https. */
	readonly needsHttps: boolean;
}

/** How long a task usually takes, for the poll schedule. */
export interface PollHint {
	readonly typicalMs: number;
}

/** An optional member that is absent is how a vendor says "cannot". */
export interface ImageVendor {
	readonly id: string;
	readonly displayName: string;
	readonly credentialType: string;
	readonly models: Readonly<Partial<Record<ModelId, ModelCapabilities>>>;
	/** What a model id typed by the user is taken to be able to do. */
	readonly customModel: Omit<ModelCapabilities, 'vendorModel'>;
	readonly maxPromptLength?: number;
	/** 1 where the vendor makes one image a task. */
	readonly maxImagesInTask: number;
	readonly references: ReferenceCapabilities;
	readonly pollHint: PollHint;
	/** A published limit over all requests of one key. */
	readonly requestLimit?: { readonly requests: number; readonly perMs: number };
	/** Whether a submit with the same idempotency key is the same task. */
	readonly submitIsIdempotent: boolean;
	/** The unit in which every submit that is taken tells its cost; absent where it does not. */
	readonly submitCostUnit?: CostUnit;
	/** What to know before an image is bought: one line in the editor. */
	readonly notice?: string;
	/** The same before a task is canceled. */
	readonly cancelNotice?: string;

	readonly submit: Verb<SubmitInput, TaskReference>;
	readonly getTask: Verb<TaskInput, TaskSnapshot>;
	readonly cancelTask?: Verb<TaskInput, CancelResult>;
	readonly uploadReference?: Verb<ReferenceFile, { readonly url: string }>;
	readonly getBalance?: Verb<undefined, Balance>;
	readonly callback?: CallbackCapability;
	/** What an answer that is no success means at this vendor. */
	classifyError(response: VendorResponse): Failure;
}
