import { failed, ofTask, type Outcome } from '../../core/failure';
import { sendWithRetry } from '../../core/sendWithRetry';
import type { TaskSnapshot } from '../../core/task';
import { clock } from '../../platform/clock';
import type { ImageResult } from '../../platform/results';
import type { VendorClient } from '../../platform/vendorClient';
import { describeFound } from '../describeFound';
import type { Run } from '../runItems';

/** For one look and its repetitions where the vendor is in trouble. */
const lookTimeoutMs = 30_000;

/** One look at a task: its state and where its images are, without downloading them. */
export async function lookOnce(
	run: Run,
	client: VendorClient,
	taskId: string,
): Promise<readonly ImageResult[]> {
	let raw: unknown;
	let polls = 0;
	const graceEndsMs = clock.now() + (run.vendor.notFoundGraceMs ?? 0);
	const outcome = await sendWithRetry<TaskSnapshot>(
		async (): Promise<Outcome<TaskSnapshot>> => {
			const answer = await client.call(run.vendor.getTask(taskId), { signal: run.signal });
			raw = answer.raw;
			polls++;
			// Right after a submit some vendors do not know their own task yet.
			const { outcome: seen } = answer;
			const isTooYoung =
				!seen.ok && seen.failure.reason === 'notFound' && clock.now() < graceEndsMs;
			return isTooYoung ? failed({ ...seen.failure, reason: 'vendorUnavailable' }) : seen;
		},
		{ verb: 'getTask', clock, signal: run.signal, deadlineMs: clock.now() + lookTimeoutMs },
	);
	if (!outcome.ok) return [{ ok: false, failure: ofTask(outcome.failure, taskId) }];
	const task = describeFound(run.vendor, outcome.value, polls, raw);
	const { images } = outcome.value;
	if (images.length === 0) return [{ ok: true, task, image: null }];
	return images.map(({ url }, index) => ({
		ok: true,
		task,
		image: { index, url, stored: undefined },
	}));
}
