import type { INodeExecutionData } from 'n8n-workflow';

import type { ImageVendor } from '../../core/vendor';
import type { NodeContext } from '../../platform/nodeContext';
import type { ItemInput } from '../../platform/nodeErrors';
import type { ParkedRun } from '../../platform/parkedRun';
import type { ImageResult, ItemResult } from '../../platform/results';
import { itemsOfResult } from '../runItems';
import { describeSubmitted } from './describeTask';

const hint =
	'The vendor has not called back within the time limit. The task may be done all the same: Task → Wait downloads its image. Where there are several, split out taskIds first.';

/**
 * What an item is while the execution is parked, and what goes on when the time limit is reached without
 * a callback: it carries its task, so that Task → Wait can go on with it.
 */
export function itemWhileParked(
	context: NodeContext,
	vendor: ImageVendor,
	run: ParkedRun,
	itemIndex: number,
	input: ItemInput,
): Pick<INodeExecutionData, 'json' | 'binary'> {
	const { attempts = [] } = run.items[itemIndex]?.input ?? {};
	const [item] = itemsOfResult(context, vendor, resultOf(run, itemIndex), { ...input, attempts });
	if (item === undefined) return { json: {} };
	return item.json.error === undefined ? { ...item, json: { ...item.json, hint } } : item;
}

function resultOf(run: ParkedRun, itemIndex: number): ItemResult {
	const item = run.items[itemIndex];
	const { tasks = [], failures = [], settings } = item ?? {};
	const [failure] = failures;
	if (settings === undefined || (tasks.length === 0 && failure !== undefined)) {
		return { itemIndex, failure: failure ?? { reason: 'invalidRequest', message: 'No item' } };
	}
	const results = [
		...tasks.map(({ submission }): ImageResult => ({
			ok: true,
			task: { ...describeSubmitted({ submission, raw: null }), state: 'running' },
			image: null,
		})),
		...failures.map((each): ImageResult => ({ ok: false, failure: each })),
	];
	const output = results.length === 1 ? settings.output : 'itemPerInput';
	return { itemIndex, operation: run.operation, settings: { ...settings, output }, results };
}
