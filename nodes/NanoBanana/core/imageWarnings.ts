import { isUsualType, nameOfType, type ImageMediaType } from './imageType';

/** An image as it came. */
export interface Delivered {
	readonly mediaType: ImageMediaType;
	/** Null where the image could not be measured. */
	readonly width: number | null;
	readonly height: number | null;
	readonly hasEnd: boolean;
}

/** The request, if it is known. Values that are not ours are ignored. */
export interface Ordered {
	readonly aspectRatio: string | null;
	readonly resolution: string | null;
	readonly outputFormat: string | undefined;
}

/** Warnings about an image that differs from the order, or whose file is unusual or incomplete. */
export function warningsOfImage(ordered: Ordered, image: Delivered): readonly string[] {
	return [formatWarning(ordered, image), sizeWarning(ordered, image), endWarning(image)].filter(
		(warning) => warning !== undefined,
	);
}

/** Real images miss their ratio by up to 3 %, and whole pixels add a little. */
const ratioTolerance = 1.031;

/** The tolerated share of a size: for some vendors, 4K is 3840 × 2160. */
const leastOfSize = 0.65;
const mostOfSize = 1.6;

/** A side of a square image at 1K. */
const sideAt1K = 1024;

function sizeWarning({ aspectRatio, resolution }: Ordered, image: Delivered): string | undefined {
	const { width, height } = image;
	if (width === null || height === null) {
		return 'The width and height of the image could not be read from its file.';
	}
	const size = /^([124])K$/i.exec(resolution ?? '');
	const ratio = /^(\d{1,3}):(\d{1,3})$/.exec(aspectRatio ?? '');
	const share = size === null ? 1 : Math.sqrt(width * height) / (Number(size[1]) * sideAt1K);
	const isOtherSize = share < leastOfSize || share > mostOfSize;
	const quotient = ratio === null ? 1 : (width / height) * (Number(ratio[2]) / Number(ratio[1]));
	const isOtherRatio = Math.max(quotient, 1 / quotient) > ratioTolerance;
	if (!isOtherSize && !isOtherRatio) return undefined;
	const asked = [size?.[0], ratio?.[0]].filter((each) => each !== undefined).join(' ');
	return `Asked for ${asked}, got ${width} × ${height}.`;
}

function formatWarning({ outputFormat }: Ordered, { mediaType }: Delivered): string | undefined {
	if (isUsualType(mediaType)) return undefined;
	const name = nameOfType(mediaType);
	return outputFormat === undefined
		? `The image came as ${name}, which not every program can open.`
		: `Asked for ${outputFormat.toUpperCase()}, got ${name}, which not every program can open.`;
}

function endWarning({ hasEnd }: Delivered): string | undefined {
	return hasEnd
		? undefined
		: 'The end of the image file is missing, so a part of the image may be cut off.';
}
