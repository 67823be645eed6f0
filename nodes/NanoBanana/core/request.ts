import type { AspectRatio, OutputFormat, Resolution } from './words';

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
