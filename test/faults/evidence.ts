import type { INodeExecutionData } from 'n8n-workflow';

import type { RunResult } from '../engine/harness/runWorkflow';
import type { ActiveFault, TaskRecord } from '../sandbox';
import type { Cell } from './cells';
import type { N8nLog } from './n8nLog';
import type { Stage } from './operations';
import type { Outcome } from './rules';

/** All that is known of a cell after its run. */
export interface Evidence {
	readonly cell: Cell;
	readonly stage: Stage;
	readonly log: N8nLog;
	readonly fault: ActiveFault;
	readonly result: RunResult;
	readonly outcome: Outcome | 'failure';
}

/** The error as workflows see it. */
export interface ErrorJson {
	readonly message: string;
	readonly code: string;
	readonly hint: string;
	readonly taskId?: string;
	readonly resumable: boolean;
	readonly retryElsewhere: boolean;
}

export function errorOf(item: INodeExecutionData | undefined): ErrorJson | undefined {
	return item?.json.error as ErrorJson | undefined;
}

/** `failure`: the node has thrown, so there is no code. */
export function outcomeOf({ items, errorItems, error }: RunResult): Outcome | 'failure' {
	if (error !== undefined) return 'failure';
	const code = errorOf(errorItems[0])?.code;
	if (code !== undefined) return code as Outcome;
	return items.length > 0 ? 'success' : 'failure';
}

/** Tasks that the vendor has charged and not given back. */
export function keptTasks({ stage }: Pick<Evidence, 'stage'>): readonly TaskRecord[] {
	const { tasks, charges, refunds } = stage.sandbox.ledger;
	const sum = (records: typeof charges, id: string) =>
		records.filter(({ taskId }) => taskId === id).reduce((total, { amount }) => total + amount, 0);
	return tasks.filter(({ id }) => sum(charges, id) > sum(refunds, id));
}

/** Everything that the user gets to see: items, items of errors, and what the node threw. */
export function shownTexts({ stage }: Pick<Evidence, 'stage'>): string {
	return stage.runs
		.flatMap(({ items, errorItems, error }) => [
			...[...items, ...errorItems].map(({ json }) => JSON.stringify(json)),
			error?.message ?? '',
			error?.description ?? '',
		])
		.join('\n');
}
