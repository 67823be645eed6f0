import type { Order } from '../core/order';
import { openTaskDurations, type TaskDurations } from '../core/taskDurations';
import type { Run } from './run';

/**
 * How long tasks have taken, by kind, for all runs of this process, also manual ones: a task of the next
 * run takes about as long.
 */
const durationsOfKinds = new Map<string, TaskDurations>();

/** Nobody uses more kinds at a time, but expressions could make any number. */
const keptKinds = 200;

/** The known durations of the order's kind: of one vendor, operation, model and size. */
export function durationsOf(
	{ vendor, client }: Pick<Run, 'vendor' | 'client'>,
	{ asked }: Order,
): TaskDurations | undefined {
	if (asked === null) return undefined;
	const { operation, vendorModel, resolution } = asked;
	const kind = JSON.stringify([vendor.id, client.baseUrl, operation, vendorModel, resolution]);
	const durations = durationsOfKinds.get(kind) ?? openTaskDurations();
	// The kind that was not used for longest is forgotten first.
	durationsOfKinds.delete(kind);
	durationsOfKinds.set(kind, durations);
	const [oldest] = durationsOfKinds.keys();
	if (durationsOfKinds.size > keptKinds && oldest !== undefined) durationsOfKinds.delete(oldest);
	return durations;
}
