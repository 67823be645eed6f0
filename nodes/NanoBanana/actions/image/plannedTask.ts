import type { Failure, Outcome } from '../../core/failure';
import type { TaskPlace } from '../../core/taskPlace';
import type { AspectRatio } from '../../core/words';
import type { LoadedReferences } from '../../platform/references';
import type { LedgerEntry, SubmissionLedger } from '../../platform/submissionLedger';
import type { NameImage } from './nameImages';
import type { ItemPlan } from './planItem';
import type { TaskSpending } from './spending';

/** What a run is about to buy, once all items are checked. */
export interface PlannedRun {
	readonly operation: 'generate' | 'edit';
	/** One for each input item, in their order. */
	readonly plans: readonly Outcome<ItemPlan>[];
	/** Those of all good items. */
	readonly tasks: readonly PlannedTask[];
}

/** One task to be submitted: a whole item, or a part of it (one ratio, or one image a task). */
export interface PlannedTask {
	readonly plan: ItemPlan;
	readonly place: TaskPlace;
	readonly nameImage: NameImage;
	/** Loaded with the first task of the item that is begun, then shared by its others. */
	readonly references: () => Promise<Outcome<LoadedReferences>>;
	readonly ledger: SubmissionLedger;
	/** Where the run has a Max Cost. */
	readonly spending?: TaskSpending;
}

export function aspectRatioOf({ plan, place }: PlannedTask): AspectRatio {
	return place.format?.aspectRatio ?? plan.request.aspectRatio;
}

/** What this execution knows of the task. Each ratio has an entry of its own, whatever the others are. */
export async function openEntry({ ledger, plan, place }: PlannedTask): Promise<LedgerEntry> {
	const { aspectRatio, firstImageIndex } = place.format ?? {
		aspectRatio: undefined,
		firstImageIndex: place.firstImageIndex,
	};
	return await ledger.entry({ itemIndex: plan.itemIndex, firstImageIndex, aspectRatio });
}

/** Says which of the item's ratios has failed, so that this one alone can be made elsewhere. */
export function withFormat(failure: Failure, { format }: TaskPlace): Failure {
	return format === undefined ? failure : { ...failure, aspectRatio: format.aspectRatio };
}

/** Where a task's images stand among those of their item. */
export function imageIndexes(
	task: Pick<TaskPlace, 'imagesInTask' | 'firstImageIndex'> & { readonly numberOfImages: number },
): (position: number) => number {
	const { imagesInTask, firstImageIndex, numberOfImages } = task;
	// Images beyond those that were asked for come after those of the item's other tasks.
	return (position) =>
		position < imagesInTask
			? firstImageIndex + position
			: numberOfImages + firstImageIndex + position - imagesInTask;
}
