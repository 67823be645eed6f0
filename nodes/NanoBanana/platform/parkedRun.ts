import type { IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import type { Failure } from '../core/failure';
import type { TaskReference } from '../core/task';
import type { TaskPlace } from '../core/taskPlace';
import { known, listOf, objectOf, parseJson, textOf } from '../core/tolerant';
import { runIndexOf } from './nodeContext';
import type { ItemInput } from './nodeErrors';
import type { ItemSettings } from './parameters';
import type { Submission } from './submissionLedger';

/**
 * What a parked execution has to know when it goes on. It is kept in the node's context, which n8n
 * saves with the execution, as text: a webhook reads it through an expression, since it has no access
 * to the context itself. The input is kept beside it as n8n has it: n8n moves the files of a trigger
 * when it saves the execution, and corrects where they are in its own objects only.
 */
export interface ParkedRun {
	/** Tells one parking from the next, for a node that parks in a loop. */
	readonly id: string;
	readonly executionId: string;
	/** Which run of the node it was. */
	readonly runIndex: number;
	readonly vendor: string;
	readonly operation: 'generate' | 'edit';
	/** Milliseconds since the epoch: a callback that comes later leaves the run to its time limit. */
	readonly callbacksUntilMs: number;
	/** One for each input item, in their order. */
	readonly items: readonly ParkedItem[];
}

export interface ParkedItem {
	readonly tasks: readonly ParkedTask[];
	/** What failed before the parking. */
	readonly failures: readonly Failure[];
	/** Absent where the item itself was wrong. */
	readonly settings?: ItemSettings;
	/** Over all of its ratios. */
	readonly numberOfImages?: number;
	/** The input of the item as far as what comes out of it would show it again. */
	readonly input?: ItemInput;
}

export interface ParkedTask extends TaskPlace {
	readonly submission: Submission & { readonly reference: TaskReference };
}

const contextKey = 'parkedRun';
const inputsKey = 'parkedInputs';

export function saveParkedRun(context: IExecuteFunctions, run: ParkedRun): void {
	const saved = context.getContext('node');
	saved[inputsKey] = run.items.map(({ input }) => ({ json: input?.json, binary: input?.binary }));
	saved[contextKey] = JSON.stringify({
		...run,
		items: run.items.map(({ input, ...item }) => {
			const { json: _ofN8n, binary: _asWell, ...rest } = input ?? {};
			return { ...item, input: rest };
		}),
	});
}

/** The run that the execution was parked with; undefined where there is none. */
export function readParkedRun(context: IWebhookFunctions): ParkedRun | undefined {
	const name = JSON.stringify(context.getNode().name);
	const read = (key: string): unknown =>
		context.evaluateExpression(`{{ $node[${name}].context["${key}"] }}`, 0);
	return parse(read(contextKey), read(inputsKey));
}

/**
 * The tasks of an execution whose callback ended it with an error, for "Retry execution". n8n has
 * replaced the input of the node by one empty item then, so the ledger knows nothing of them.
 */
export function readAbandonedRun(context: IExecuteFunctions): ParkedRun | undefined {
	const saved = context.getContext('node');
	const run = parse(saved[contextKey], saved[inputsKey]);
	if (run === undefined || run.executionId === context.getExecutionId()) return undefined;
	// n8n forgets the runs of all nodes at such an end; a later run of a loop is one of its own.
	return runIndexOf(context) <= run.runIndex ? run : undefined;
}

function parse(saved: unknown, inputs: unknown): ParkedRun | undefined {
	const run = objectOf(parseJson(textOf(saved) ?? ''));
	const isWhole = textOf(run?.id) !== undefined && listOf(run?.items).length > 0;
	if (!isWhole) return undefined;
	const whole = run as unknown as ParkedRun;
	const items = whole.items.map((item, itemIndex): ParkedItem => {
		const { json, binary } = (objectOf(listOf(inputs)[itemIndex]) ?? {}) as ItemInput;
		return { ...item, input: { ...item.input, ...known({ json, binary }) } };
	});
	return { ...whole, items };
}
