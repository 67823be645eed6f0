import { withoutImageEnding } from '../../core/fileName';
import { defaultImageName, type ImageNames } from '../../core/imageNames';
import type { TaskPlace } from '../../core/taskPlace';
import { imageIndexes } from './plannedTask';

/** The file name (without ending) of an image of a task, by its position in it. */
export type NameImage = (taskId: string, position: number) => string;

/**
 * Names the images of one task. A name that was typed is taken here and now, so that the order of the
 * calls decides who gets a number, and not which task ends first.
 */
export function nameImages(
	names: ImageNames,
	fileName: string | undefined,
	{ imagesInTask, firstImageIndex, format }: TaskPlace,
	imagesOfItem: number,
): NameImage {
	const suffix = format === undefined ? '' : `-${format.aspectRatio.replace(':', 'x')}`;
	if (fileName === undefined) {
		const numberOf = imageIndexes({
			imagesInTask,
			firstImageIndex,
			numberOfImages: imagesOfItem,
			...format,
		});
		return (taskId, position) => {
			const number = numberOf(position) + 1;
			return names.claim(defaultImageName(taskId), number === 1 ? suffix : `${suffix}-${number}`);
		};
	}
	const typed = withoutImageEnding(fileName);
	const given = Array.from({ length: imagesInTask }, () => names.claim(typed, suffix));
	// A vendor that delivers more than was asked for gets further names as they come.
	return (_taskId, position) => given[position] ?? names.claim(typed, suffix);
}
