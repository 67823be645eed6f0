import { simplify, taskId, taskWaitOptions } from '../../descriptions/parameters';
import { describeFound } from '../describeFound';
import { finishTask } from '../finishTask';
import type { Operation } from '../operation';
import { forEachTask } from './forEachTask';

/** Goes on with a task that was submitted before: by this node, another execution or another program. */
export const wait: Operation = {
	resource: 'task',
	operation: 'wait',
	name: 'Wait',
	action: 'Wait for a task and fetch its image',
	description: 'Wait until a task that was submitted before is done, then fetch its image',
	isOfferedBy: () => true,
	properties: [taskId, simplify, taskWaitOptions],
	execute: async (context, vendor) =>
		await forEachTask(context, vendor, 'wait', async (run, client, id, settings, nameOf) =>
			finishTask(run, client, {
				taskId: id,
				settings,
				startedAtMs: Date.now(),
				isNew: false,
				indexOf: (position) => position,
				nameOf,
				describe: (snapshot, polls, raw) => describeFound(run.vendor, snapshot, polls, raw),
			}),
		),
};
