import { success, type Outcome } from '../core/failure';
import { withoutImageEnding } from '../core/fileName';
import { defaultImageName, openImageNames } from '../core/imageNames';
import type { ItemSettings } from '../platform/parameters';

/** The file name (without ending) of an image, by its position in its task. */
export type NameOf = (position: number) => string;

/** A task that was submitted before, as an item names it. */
export interface FoundTask {
	readonly taskId: string;
	readonly settings: ItemSettings;
}

/**
 * Names the images of all tasks of a run, so that the input decides who gets a number and not which task
 * ends first. How many images each has is not known yet: first every task gets one name, in order, and
 * after that the names for further images.
 */
export function nameFoundTasks(
	tasks: readonly Outcome<FoundTask>[],
	maxImagesInTask: number,
): ReadonlyArray<Outcome<FoundTask & { readonly nameOf: NameOf }>> {
	const names = openImageNames();
	const withFirst = tasks.map((task) => {
		if (!task.ok) return task;
		const { taskId, settings } = task.value;
		const name = withoutImageEnding(settings.fileName ?? defaultImageName(taskId));
		return success({ ...task.value, first: names.claim(name) });
	});
	return withFirst.map((task) => {
		if (!task.ok) return task;
		const { first, ...found } = task.value;
		const further = Array.from({ length: maxImagesInTask - 1 }, () => names.claim(first));
		// A vendor that delivers more than any task is asked for gets further names as they come.
		const nameOf: NameOf = (position) =>
			position === 0 ? first : (further[position - 1] ?? names.claim(first));
		return success({ ...found, nameOf });
	});
}
