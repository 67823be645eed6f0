import { simplify, taskId, taskLookOptions } from '../../descriptions/parameters';
import type { Operation } from '../operation';
import { forEachTask } from './forEachTask';
import { lookOnce } from './lookOnce';

/** One look at a task, whatever its state. */
export const get: Operation = {
	resource: 'task',
	operation: 'get',
	name: 'Get',
	action: 'Get task',
	description:
		'Look once at a task: its state and the URLs of its images, without downloading them',
	isOfferedBy: () => true,
	properties: [taskId, simplify, taskLookOptions],
	execute: async (context, vendor) => await forEachTask(context, vendor, 'get', lookOnce),
};
