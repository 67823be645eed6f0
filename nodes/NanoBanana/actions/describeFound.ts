import type { TaskSnapshot } from '../core/task';
import type { ImageVendor } from '../core/vendor';
import { modelIds } from '../core/words';
import type { TaskResult } from '../platform/results';

/** What only the vendor knows of a task that this run has not submitted. */
export function describeFound(
	vendor: ImageVendor,
	snapshot: TaskSnapshot,
	polls: number,
	raw: unknown,
): TaskResult {
	const { request, failure } = snapshot;
	return {
		taskId: snapshot.taskId,
		state: snapshot.state,
		requestId: snapshot.requestId,
		cost: snapshot.cost,
		text: snapshot.text,
		submittedAtMs: snapshot.submittedAtMs,
		completedAtMs: snapshot.completedAtMs,
		polls,
		warnings: failure === undefined ? [] : [failure.message],
		model: ourModel(vendor, request?.model),
		prompt: request?.prompt ?? null,
		aspectRatio: request?.aspectRatio ?? null,
		resolution: request?.resolution ?? null,
		raw,
	};
}

/** Our id for the vendor's model; one that is not in our list keeps the vendor's own. */
function ourModel(vendor: ImageVendor, vendorModel: string | undefined): string | null {
	if (vendorModel === undefined) return null;
	return modelIds.find((id) => vendor.models[id]?.vendorModel === vendorModel) ?? vendorModel;
}
