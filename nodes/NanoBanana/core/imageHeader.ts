import { signatureLength, sniffMediaType, type ImageMediaType } from './imageType';
import {
	isEmpty,
	walkNothing,
	walks,
	type ImageEnd,
	type PixelSize,
	type Seen,
	type Step,
	type Walk,
} from './imageWalks';

/**
 * Reads the size of an image while it streams, and whether its end came. It skips all other data by its
 * length, so it never holds an image, however much data comes before the size.
 */

/** Width and height; undefined while the bytes do not show them. */
export function readPixelSize(bytes: Uint8Array): PixelSize | undefined {
	const reader = new ImageHeaderReader();
	reader.push(bytes);
	return reader.size;
}

/** Reads a stream in chunks of any length. */
export class ImageHeaderReader {
	#bytes = 0;

	/** The first bytes, until the type is known by them. */
	#start = new Uint8Array(0);

	readonly #tail = new Tail();

	readonly #seen: Seen = { end: 'unknown' };

	#walk: Walk | undefined;

	/** The step of the walk that waits for bytes; undefined where the walk has ended. */
	#step: Step | undefined;

	/** The bytes collected for a step that takes them, and how many those are. */
	#taken = new Uint8Array(0);

	/** Reused, because a file may have millions of steps that take one byte and use it at once. */
	readonly #single = new Uint8Array(1);

	#filled = 0;

	#steps = 0;

	/** How many bytes have gone by. */
	get bytes(): number {
		return this.#bytes;
	}

	get size(): PixelSize | undefined {
		this.#begin();
		return this.#seen.size;
	}

	get mediaType(): ImageMediaType | undefined {
		this.#begin();
		return this.#seen.mediaType;
	}

	/** Valid once the stream has ended. */
	get end(): ImageEnd {
		this.#begin();
		const { end, endsAt = 0, mediaType } = this.#seen;
		if (end === 'cut') return this.#bytes >= endsAt ? 'whole' : 'cut';
		if (end !== 'unmarked') return end;
		return endsWithMark(this.#tail.bytes(), mediaType) ? 'whole' : 'unmarked';
	}

	push(chunk: Uint8Array): void {
		this.#bytes += chunk.length;
		this.#tail.push(chunk);
		if (this.#walk !== undefined) return this.#read(chunk);
		this.#start = joined(this.#start, chunk);
		if (this.#start.length < signatureLength) return;
		this.#begin();
		// Not an image, so the rest is ignored.
		this.#walk ??= walkNothing();
	}

	/** Begins the walk, as soon as there are enough bytes for it or when somebody asks for its result. */
	#begin(): void {
		if (this.#walk !== undefined) return;
		const mediaType = sniffMediaType(this.#start);
		if (mediaType === undefined) return;
		this.#seen.mediaType = mediaType;
		this.#walk = walks[mediaType](this.#seen);
		this.#advance(undefined);
		this.#read(this.#start);
		this.#start = new Uint8Array(0);
	}

	#read(chunk: Uint8Array): void {
		let at = 0;
		while (this.#step !== undefined && at < chunk.length) {
			const step = this.#step;
			if ('find' in step) {
				const found = chunk.indexOf(step.find, at);
				at = found === -1 ? chunk.length : found + 1;
				if (found !== -1) this.#advance(undefined);
				continue;
			}
			const wanted = 'take' in step ? step.take : step.skip;
			const length = Math.min(wanted - this.#filled, chunk.length - at);
			if ('take' in step) this.#taken.set(chunk.subarray(at, at + length), this.#filled);
			this.#filled += length;
			at += length;
			if (this.#filled >= wanted) this.#advance(this.#taken);
		}
	}

	#advance(taken: Uint8Array | undefined): void {
		const isTooLong = ++this.#steps > mostSteps;
		let next = isTooLong ? undefined : this.#walk?.next(taken ?? noBytes);
		// A step of no bytes needs no chunk.
		while (next?.done === false && isEmpty(next.value)) next = this.#walk?.next(noBytes);
		this.#step = next?.done === false ? next.value : undefined;
		this.#filled = 0;
		if (this.#step !== undefined && 'take' in this.#step) {
			const { take } = this.#step;
			this.#taken = take === 1 ? this.#single : new Uint8Array(take);
		}
	}
}

/** A hostile file of nothing but marks must not keep the processor busy. */
const mostSteps = 4_000_000;

const noBytes = new Uint8Array(0);

/** Whether a file ends with the mark of its type, zeros behind it ignored. For a walk that found no end. */
function endsWithMark(tail: Uint8Array, mediaType: ImageMediaType | undefined): boolean {
	let end = tail.length;
	while (end > 0 && tail[end - 1] === 0) end--;
	if (mediaType === 'image/gif') return tail[end - 1] === 0x3b;
	return mediaType === 'image/jpeg' && tail[end - 2] === 0xff && tail[end - 1] === 0xd9;
}

const tailLength = 64;

/** The last bytes of a stream. */
class Tail {
	readonly #bytes = new Uint8Array(tailLength);

	#length = 0;

	push(chunk: Uint8Array): void {
		const last = chunk.subarray(Math.max(0, chunk.length - tailLength));
		this.#bytes.copyWithin(0, last.length);
		this.#bytes.set(last, tailLength - last.length);
		this.#length = Math.min(tailLength, this.#length + last.length);
	}

	bytes(): Uint8Array {
		return this.#bytes.subarray(tailLength - this.#length);
	}
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(first.length + second.length);
	bytes.set(first);
	bytes.set(second, first.length);
	return bytes;
}
