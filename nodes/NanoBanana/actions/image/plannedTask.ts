import type { Outcome } from '../../core/failure';
import type { LoadedReferences } from '../../platform/references';
import type { SubmissionLedger } from '../../platform/submissionLedger';
import type { ItemPlan } from './planItem';

/** One task to be submitted: a whole item, or a part of it where the vendor makes one image a task. */
export interface PlannedTask {
	readonly plan: ItemPlan;
	readonly imagesInTask: number;
	readonly firstImageIndex: number;
	/** Loaded with the first task of the item that is begun, then shared by its others. */
	readonly references: () => Promise<Outcome<LoadedReferences>>;
	readonly ledger: SubmissionLedger;
}
