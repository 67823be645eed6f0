import type { CostUnit } from './cost';
import type { Failure, Outcome, VendorPage } from './failure';
import type { ImageMediaType } from './imageType';
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
 * the key, and only to addresses that allow the download of a result, too.
 */
export interface OutsideRequest extends RequestParts {
	readonly url: string;
}

export type VendorRequest = ApiRequest | OutsideRequest;

/** The whole answer, with any status. */
export interface VendorResponse {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** The parsed body, or undefined where it is not JSON. */
	readonly json: unknown;
	readonly text: string;
	/** The prompt of the task, where it is known: an answer may repeat it. */
	readonly prompt?: string;
}

/**
 * One request to a vendor, with the reader of its answer. If the answer alone does not decide the outcome,
 * `read` gives the next exchange. Both halves are pure: the core decides when to send, how often and what a
 * failure means; the platform holds the key and the network.
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
	/** The URL that the vendor calls when the task has ended. Only for vendors with callbacks. */
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

/** The abilities of one model by the vendor's own page: a member that no page states stays absent. */
export interface ModelCapabilities {
	readonly vendorModel: string;
	/** Empty where the model has no field for it. */
	readonly resolutions: readonly Resolution[];
	readonly aspectRatios: readonly AspectRatio[];
	/** Empty where the model has no field for it. */
	readonly outputFormats: readonly OutputFormat[];
	/** Where it is absent, the limit of Google's largest model holds. */
	readonly maxReferences?: number;
	readonly listPrice?: ListPrice;
}

/** The price of one image on the vendor's page: shown to choose by, never used in sums. */
export interface ListPrice {
	readonly unit: CostUnit;
	readonly amount: number | Readonly<Record<Resolution, number>>;
}

export interface ReferenceCapabilities {
	/**
	 * How bytes reach the vendor: within the submit, through the vendor's own upload, or only as a URL that
	 * the vendor downloads itself.
	 */
	readonly delivery: 'inline' | 'upload' | 'url';
	/** The vendor reads no URLs beside files: the node downloads those and sends them as files. */
	readonly noUrlsBesideFiles?: true;
	/** Undefined where the vendor publishes no limit. */
	readonly maxBytes?: number;
	readonly mediaTypes: readonly ImageMediaType[];
}

/**
 * How the vendor reports that a task has ended. A delivery is only a hint: nobody signs it, and it may come
 * twice, late or never. So its receiver must poll the task before believing it.
 */
export interface CallbackCapability {
	/**
	 * The id of the task that a delivery names; undefined if it names none. Never throws.
	 *
	 * @param tasks the possible ids, for a vendor that names a task only by a part of its id; empty if they
	 * are unknown
	 */
	readTaskId(delivery: Delivery, tasks: readonly string[]): string | undefined;
	/** The vendor refuses an address that is not https. */
	readonly needsHttps: boolean;
}

/** A parsed request to a callback address. */
export interface Delivery {
	readonly body: unknown;
	readonly query: Readonly<Record<string, unknown>>;
}

/** For a vendor that states the cost at the end of a task. */
export interface ToldCosts {
	readonly unit: CostUnit;
	/** Whether the answer to every taken submit states it too, so that Max Cost can limit a run. */
	readonly isToldBySubmit: boolean;
}

/** How long a task usually takes, for the poll schedule. */
export interface PollHint {
	readonly typicalMs: number;
}

/** An absent optional member means that the vendor cannot do it. */
export interface ImageVendor {
	readonly id: string;
	readonly displayName: string;
	readonly credentialType: string;
	/** The pages that hints name. If the vendor publishes no URL of a page, this is the URL of its site. */
	readonly pages: Readonly<Record<VendorPage, string>>;
	readonly models: Readonly<Partial<Record<ModelId, ModelCapabilities>>>;
	/** The assumed abilities of a model whose id the user typed. */
	readonly customModel: Omit<ModelCapabilities, 'vendorModel'>;
	readonly maxPromptLength?: number;
	/** 1 where the vendor makes one image per task. */
	readonly maxImagesInTask: number;
	readonly references: ReferenceCapabilities;
	readonly pollHint: PollHint;
	/** A published limit over all requests of one key. */
	readonly requestLimit?: { readonly requests: number; readonly perMs: number };
	/** Whether a submit with the same idempotency key is the same task. */
	readonly submitIsIdempotent: boolean;
	/** How the vendor states what a task costs; absent if it does not. */
	readonly costs?: ToldCosts;
	/** A notice to read before an image is bought: one line in the editor. */
	readonly notice?: string;
	/** A notice to read before a task is canceled. */
	readonly cancelNotice?: string;

	readonly submit: (input: SubmitInput) => Exchange<TaskReference>;
	readonly getTask: (taskId: string) => Exchange<TaskSnapshot>;
	readonly cancelTask?: (taskId: string) => Exchange<CancelResult>;
	readonly uploadReference?: (file: ReferenceFile) => Exchange<{ readonly url: string }>;
	readonly getBalance?: () => Exchange<Balance>;
	readonly callback?: CallbackCapability;
	/** The meaning of an answer that is not a success at this vendor. */
	classifyError(response: VendorResponse): Failure;
}

/** A reference image as bytes, for vendors that take uploads or multipart bodies. */
export interface ReferenceFile {
	/** As messages name it: "the field 'data'". The vendor gets `fileName`, which says nothing to the user. */
	readonly label: string;
	readonly fileName: string;
	readonly mediaType: string;
	/** The size in bytes. */
	readonly size: number;
	/** Opens the content anew for each send, so that it is not held in memory longer than needed. */
	open(): Promise<Uint8Array | AsyncIterable<Uint8Array>>;
}

/** A request for images in our words, checked against the vendor's capabilities. */
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
	/** How many images this one task makes: more than 1 only where the vendor makes several in one task. */
	readonly imagesInTask: number;
	readonly referenceUrls: readonly string[];
	/** Only where the vendor takes files within the submit. */
	readonly referenceFiles: readonly ReferenceFile[];
	/**
	 * Further fields for the vendor's own input, beside the prompt. None of them is one that a submit sets
	 * itself: that is read off the submits.
	 */
	readonly additionalFields?: JsonObject;
}
