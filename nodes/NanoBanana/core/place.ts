import type { CheckedRequest } from './validateRequest';
import type { FormatRatio } from './words';

/** Where the images of a task stand among those of its input item. Plain JSON: it is kept while parked. */
export interface TaskPlace {
	readonly imagesInTask: number;
	/** Among all images of the item. */
	readonly firstImageIndex: number;
	/** How many images the item asks for, over all of its ratios. */
	readonly imagesOfItem: number;
	/** Present where the item asks for images in several ratios. */
	readonly format?: TaskFormat;
}

export interface TaskFormat {
	readonly aspectRatio: FormatRatio;
	/** The first image of the task among those of its ratio. */
	readonly firstImageIndex: number;
	/** How many images of the ratio are asked for. */
	readonly numberOfImages: number;
}

type Asked = Pick<CheckedRequest, 'aspectRatios' | 'numberOfImages'>;

/** How many images an input item asks for, over all of its ratios. */
function imagesOfItem({ aspectRatios, numberOfImages }: Asked): number {
	return numberOfImages * (aspectRatios?.length ?? 1);
}

/** Divides what an item asks for into tasks: ratio after ratio, and within one image after image. */
export function placesOf(asked: Asked, maxImagesInTask: number): readonly TaskPlace[] {
	const { aspectRatios, numberOfImages } = asked;
	const formats = aspectRatios ?? [undefined];
	return formats.flatMap((aspectRatio, position) => {
		const places: TaskPlace[] = [];
		for (let first = 0; first < numberOfImages; first += maxImagesInTask) {
			places.push({
				imagesInTask: Math.min(maxImagesInTask, numberOfImages - first),
				firstImageIndex: position * numberOfImages + first,
				imagesOfItem: imagesOfItem(asked),
				...(aspectRatio === undefined
					? {}
					: { format: { aspectRatio, firstImageIndex: first, numberOfImages } }),
			});
		}
		return places;
	});
}

/** Where the images of a task stand among those of their item (or of its ratio), by their position in it. */
export function imageIndexes({
	imagesInTask,
	firstImageIndex,
	imagesOfItem,
}: Pick<TaskPlace, 'imagesInTask' | 'firstImageIndex' | 'imagesOfItem'>): (
	position: number,
) => number {
	// Images beyond those that were asked for come after those of the item's other tasks.
	return (position) =>
		position < imagesInTask
			? firstImageIndex + position
			: imagesOfItem + firstImageIndex + position - imagesInTask;
}
