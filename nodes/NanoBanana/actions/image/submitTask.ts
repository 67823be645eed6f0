import { success, type Outcome } from '../../core/failure';
import { sendWithRetry } from '../../core/sendWithRetry';
import type { TaskReference } from '../../core/task';
import type { SubmitInput } from '../../core/vendor';
import { clock } from '../../platform/clock';
import type { LoadedReferences } from '../../platform/references';
import type { VendorClient } from '../../platform/vendorClient';
import type { Run } from '../runItems';
import type { ItemPlan } from './planItem';

/** A vendor that reads reference images itself may take a while to answer. */
const answerTimeoutMs = 60_000;

/** For all tries together, of which only certain refusals allow more than one. */
const submitTimeoutMs = 180_000;

export interface SubmittedTask {
	readonly reference: TaskReference;
	readonly raw: unknown;
}

/** Submits one task and puts its id into n8n's log the moment that it is known. */
export async function submitTask(
	run: Run,
	client: VendorClient,
	plan: ItemPlan,
	imagesInTask: number,
	references: LoadedReferences,
): Promise<Outcome<SubmittedTask>> {
	const { context, vendor, signal } = run;
	const input: SubmitInput = {
		request: {
			operation: plan.operation,
			vendorModel: plan.request.vendorModel,
			prompt: plan.request.prompt,
			aspectRatio: plan.request.aspectRatio,
			resolution: plan.request.resolution,
			outputFormat: plan.request.outputFormat,
			imagesInTask,
			referenceUrls: references.urls,
			referenceFiles: references.files,
		},
		idempotencyKey: crypto.randomUUID(),
	};
	let raw: unknown;
	const submitted = await sendWithRetry(
		async () => {
			const answer = await client.call(vendor.submit, input, answerTimeoutMs);
			raw = answer.raw;
			return answer.outcome;
		},
		{
			verb: 'submit',
			clock,
			signal,
			deadlineMs: clock.now() + submitTimeoutMs,
			isIdempotent: vendor.submitIsIdempotent,
		},
	);
	if (!submitted.ok) return submitted;
	const { taskId } = submitted.value;
	run.taskIds.push(taskId);
	context.logger.info(`${vendor.displayName} took task ${taskId}`, {
		vendor: vendor.id,
		taskId,
		executionId: context.getExecutionId(),
		itemIndex: plan.itemIndex,
	});
	return success({ reference: submitted.value, raw });
}
