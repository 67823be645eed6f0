import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { failed, success, type Failure, type Outcome } from '../core/failure';
import type { OrderSettings } from '../core/order';
import { known, numberOf, objectOf, textOf } from '../core/tolerant';
import { choiceOf, holdsExpression, isBlank, quoted } from '../core/typedValues';
import {
	completionNames,
	completions,
	optionsOfImages,
	outputNames,
	outputs,
	type Completion,
} from '../core/words';
import { isManualExecution } from './nodeContext';

export const defaultTimeoutSeconds = 300;

/** A parked execution has to have a date at which it goes on, and vendors forget tasks after some days. */
const maxTimeoutSeconds = 7 * 24 * 60 * 60;
export const defaultMaxTasksAtOnce = 20;

/**
 * The options of one item, expressions resolved. A collection holds only what the user added, and n8n
 * leaves out what the panel hides, unless an expression decides it.
 */
export function readOptions(context: IExecuteFunctions, itemIndex: number): IDataObject {
	const options = (objectOf(context.getNodeParameter('options', itemIndex, {})) ??
		{}) as IDataObject;
	if (completionOf(options.completion) !== 'submit') return options;
	const shown = Object.entries(options).filter(([name]) => !optionsOfImages.includes(name));
	return Object.fromEntries(shown);
}

/** The chosen moment to go on; undefined if the value is not understood. */
export function completionOf(asked: unknown): Completion | undefined {
	return isBlank(asked) ? 'wait' : choiceOf(asked, completions, completionNames);
}

/** Checks what an expression may have put into the options before anything is spent. */
export function readSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): Outcome<Omit<OrderSettings, 'completion' | 'callbackUrl'>> {
	const options = readOptions(context, itemIndex);
	const timeoutSeconds = isBlank(options.timeout)
		? defaultTimeoutSeconds
		: numberOf(options.timeout);
	if (timeoutSeconds === undefined || timeoutSeconds <= 0) {
		return invalid(
			"'Timeout' is not a number above 0",
			'Give the number of seconds that a task may take.',
		);
	}
	if (timeoutSeconds > maxTimeoutSeconds) {
		return invalid(
			`'Timeout' is ${timeoutSeconds} s, but it can be at most ${maxTimeoutSeconds} (7 days)`,
			'Use fewer seconds. No vendor keeps an image for longer.',
		);
	}
	const pollSeconds = isBlank(options.pollInterval) ? 0 : numberOf(options.pollInterval);
	if (pollSeconds === undefined || pollSeconds < 0) {
		return invalid(
			"'Poll Interval' is not a number",
			'Give a number of seconds, or 0 to leave it to the node.',
		);
	}
	const output = isBlank(options.output)
		? 'itemPerImage'
		: choiceOf(options.output, outputs, outputNames);
	if (output === undefined) {
		return invalid(
			`'Output' is ${quoted(options.output)}, but it can only be one of: ${outputs.join(', ')}`,
		);
	}
	const binaryField = textOf(options.binaryField ?? 'data')?.trim();
	if (binaryField === undefined) {
		return invalid(
			"'Put Output in Field' is empty",
			'Name the field that receives the image, for instance data.',
		);
	}
	return success({
		binaryField,
		...known({ fileName: textOf(options.fileName) }),
		output,
		download: options.download !== false,
		timeoutMs: timeoutSeconds * 1000,
		pollIntervalMs: pollSeconds * 1000,
		simplify: options.simplify !== false,
		includeInputFields: options.includeInputFields === true,
	});
}

/**
 * Refuses an expression that was typed or dropped into a field set to Fixed: n8n passes it on as it is, and
 * the vendor would draw it.
 */
export function refusalOfFixedExpression(
	context: IExecuteFunctions,
	name: string,
	displayName: string,
): Failure | undefined {
	const typed = context.getNode().parameters[name];
	if (typeof typed !== 'string' || typed.startsWith('=') || !holdsExpression(typed)) {
		return undefined;
	}
	return {
		reason: 'invalidRequest',
		message: `'${displayName}' holds an expression but is set to Fixed, so the vendor would get ${quoted(typed)}`,
		hint: `Switch ${displayName} to Expression.`,
	};
}

/** The number holds for the whole run, so it is read for the first item. */
export function readMaxTasksAtOnce(context: IExecuteFunctions): number {
	const asked = numberOf(readOptions(context, 0).maxTasksAtOnce);
	return asked === undefined || asked < 1 ? defaultMaxTasksAtOnce : Math.floor(asked);
}

/**
 * The limit for the cost of a run; undefined where the option was not added. An added one that is not a
 * number is refused: it must not count as no limit.
 */
export function readMaxCost(
	context: IExecuteFunctions,
	itemIndex: number,
): Outcome<number | undefined> {
	const options = readOptions(context, itemIndex);
	if (!Object.hasOwn(options, 'maxCost')) return success(undefined);
	const maxCost = numberOf(options.maxCost);
	if (maxCost === undefined || maxCost <= 0) {
		return invalid(
			"'Max Cost' is not a number above 0",
			'Give the most that the whole run may cost, in the vendor’s own unit, or remove the option.',
		);
	}
	return success(maxCost);
}

/**
 * Whether an item gets placeholders instead of images that are bought. An added option with another value
 * is refused, an empty one too: a broken expression must not buy.
 */
export function readIsPlaceholder(context: IExecuteFunctions, itemIndex: number): Outcome<boolean> {
	const options = readOptions(context, itemIndex);
	const choice = Object.hasOwn(options, 'placeholder')
		? choiceOf(options.placeholder, ['never', 'manual', 'always'], placeholderNames)
		: 'never';
	switch (choice) {
		case 'never':
			return success(false);
		case 'manual':
			return success(isManualExecution(context));
		case 'always':
			return success(true);
		default:
			return invalid(
				`'Placeholder Images' is ${quoted(options.placeholder)}, but it can only be one of: never, manual, always`,
				'Choose one from the list, or check that its expression gives one of these words.',
			);
	}
}

const placeholderNames = { manual: 'In Manual Executions' } as const;

function invalid(message: string, hint?: string): Outcome<never> {
	return failed({ reason: 'invalidRequest', message, ...(hint === undefined ? {} : { hint }) });
}

export interface TriggerSettings extends OrderSettings {
	/** Whether a task without an image starts the workflow too. */
	readonly includeFailed: boolean;
}

/** The time for a success that does not name its images yet. */
const namingTimeoutMs = 30_000;

export function readTriggerSettings(context: IWebhookFunctions): TriggerSettings {
	const options = objectOf(context.getNodeParameter('options', {}));
	return {
		includeFailed: context.getNodeParameter('includeFailed', false) === true,
		binaryField: textOf(context.getNodeParameter('binaryField', 'data'))?.trim() ?? 'data',
		output: 'itemPerImage',
		download: context.getNodeParameter('download', true) !== false,
		timeoutMs: namingTimeoutMs,
		pollIntervalMs: 0,
		completion: 'wait',
		simplify: options?.simplify !== false,
		includeInputFields: false,
	};
}
