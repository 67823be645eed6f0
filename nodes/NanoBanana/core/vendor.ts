import type { CostUnit } from './cost';
import type { Failure, Outcome } from './failure';
import type { TaskReference, TaskSnapshot } from './task';
import type { AspectRatio, ModelId, OutputFormat, Resolution } from './words';

export type JsonValue =
	string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

export type MultipartPart =
	| { readonly name: string; readonly value: string }
	| { readonly name: string; readonly file: ReferenceFile };

interface RequestParts {
	readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?:
		| { readonly kind: 'json'; readonly value: JsonObject }
		| { readonly kind: 'multipart'; readonly parts: readonly MultipartPart[] }
		/** The bytes of the file alone, with its media type and size in the headers. */
		| { readonly kind: 'file'; readonly file: ReferenceFile };
}

/** One HTTP request to the vendor's API, without the key: the platform adds that. */
export interface ApiRequest extends RequestParts {
	/** Appended to the credential's base URL; ids in it are already encoded. */
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
}

/**
 * One HTTP request to an address that the vendor has given, such as a signed upload. It goes out without
 * the key, and only where a result of the vendor could be downloaded from, too.
 */
export interface OutsideRequest extends RequestParts {
	readonly url: string;
}

export type VendorRequest = ApiRequest | OutsideRequest;

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
 * One thing that a vendor is asked: a request, and what its answer means. Where the answer alone does not
 * tell the outcome, `read` gives the next exchange. Both halves are pure: the core decides when to send,
 * how often and what a failure means; the platform holds the key and the network.
 */
export interface Exchange<Output> {
	readonly request: VendorRequest;
	/** Never throws, whatever the vendor sent. */
	read(response: VendorResponse): Outcome<Output> | Exchange<Output>;
}

export interface SubmitInput {
	readonly request: ImageRequest;
	/** Minted once per task, outside all retries. Vendors without idempotency ignore it. */
	readonly idempotencyKey: string;
	/** Where the vendor is to tell that the task has ended. Only with vendors that have callbacks. */
	readonly callbackUrl?: string | undefined;
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
	 * How bytes reach the vendor: they go along with the submit, through its own upload, or only as a URL
	 * that it fetches itself.
	 */
	readonly delivery: 'inline' | 'upload' | 'url';
	/** The vendor reads no URLs where files go along: those are downloaded here and go along as files. */
	readonly noUrlsBesideFiles?: true;
	/** Undefined where the vendor publishes no limit. */
	readonly maxBytes?: number;
	readonly mediaTypes: readonly string[];
}

/**
 * How the vendor tells that a task has ended. What it sends is a hint and no more: nobody signs it, it
 * may come twice, late or never, so whoever gets it asks the vendor for the task before believing it.
 */
export interface CallbackCapability {
	/**
	 * The task that a delivery speaks of; undefined where it names none. Never throws.
	 *
	 * @param tasks the ids that may be meant, for a vendor that names a task by a part of its id only;
	 * empty where nobody knows them
	 */
	readTaskId(delivery: Delivery, tasks: readonly string[]): string | undefined;
	/** The vendor refuses an address that is not https. */
	readonly needsHttps: boolean;
}

/** What came to a callback address, parsed. */
export interface Delivery {
	readonly body: unknown;
	readonly query: Readonly<Record<string, unknown>>;
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

	readonly submit: (input: SubmitInput) => Exchange<TaskReference>;
	readonly getTask: (taskId: string) => Exchange<TaskSnapshot>;
	readonly cancelTask?: (taskId: string) => Exchange<CancelResult>;
	readonly uploadReference?: (file: ReferenceFile) => Exchange<{ readonly url: string }>;
	readonly getBalance?: () => Exchange<Balance>;
	readonly callback?: CallbackCapability;
	/** What an answer that is no success means at this vendor. */
	classifyError(response: VendorResponse): Failure;
}

/** A reference image as bytes, for vendors that take uploads or multipart bodies. */
export interface ReferenceFile {
	readonly fileName: string;
	readonly mediaType: string;
	/** In bytes. */
	readonly size: number;
	/** Opens the content anew for each send, so that it is not held in memory longer than needed. */
	open(): Promise<Uint8Array | AsyncIterable<Uint8Array>>;
}

/** What a vendor is asked to make: checked against its capabilities, in our words. */
export interface ImageRequest {
	readonly operation: 'generate' | 'edit';
	/** The vendor's own model id. */
	readonly vendorModel: string;
	readonly prompt: string;
	readonly aspectRatio: AspectRatio;
	/** Undefined where the model has no choice of size. */
	readonly resolution: Resolution | undefined;
	/** Undefined where the vendor has no choice of format. */
	readonly outputFormat: OutputFormat | undefined;
	/** How many images this one task makes: more than 1 only where the vendor counts itself. */
	readonly imagesInTask: number;
	readonly referenceUrls: readonly string[];
	/** Only where the vendor takes files within the submit. */
	readonly referenceFiles: readonly ReferenceFile[];
}
