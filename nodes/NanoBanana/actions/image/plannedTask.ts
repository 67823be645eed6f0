import type { Outcome } from '../../core/failure';
import type { LoadedReferences } from '../../platform/references';
import type { SubmissionLedger } from '../../platform/submissionLedger';
import type { ItemPlan } from './planItem';
import type { TaskSpending } from './spending';

/** One task to be submitted: a whole item, or a part of it where the vendor makes one image a task. */
export interface PlannedTask {
	readonly plan: ItemPlan;
	readonly imagesInTask: number;
	readonly firstImageIndex: number;
	/** Loaded with the first task of the item that is begun, then shared by its others. */
	readonly references: () => Promise<Outcome<LoadedReferences>>;
	readonly ledger: SubmissionLedger;
	/** Where the run has a Max Cost. */
	readonly spending?: TaskSpending;
}

/** Where a task's images stand among those of their item. */
export function imageIndexes(
	task: Pick<PlannedTask, 'imagesInTask' | 'firstImageIndex'> & { readonly numberOfImages: number },
): (position: number) => number {
	const { imagesInTask, firstImageIndex, numberOfImages } = task;
	// Images beyond those that were asked for come after those of the item's other tasks.
	return (position) =>
		position < imagesInTask
			? firstImageIndex + position
			: numberOfImages + firstImageIndex + position - imagesInTask;
}
