import { simplify, taskId, taskLookOptions } from '../../descriptions/parameters';
import type { Operation } from '../operation';
import { forEachTask } from './forEachTask';
import { lookOnce } from './lookOnce';

/** One look at a task, whatever its state. */
export const get: Operation = {
	resource: 'task',
	operation: 'get',
	name: 'Get',
	action: 'Get the state of a task',
	description:
		'Look once at a task: its state and the addresses of its images, without fetching them',
	isOfferedBy: () => true,
	properties: [taskId, simplify, taskLookOptions],
	execute: async (context, vendor) => await forEachTask(context, vendor, 'get', lookOnce),
};
