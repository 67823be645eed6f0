import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { TaskPlace } from '../core/order';
import { objectOf } from '../core/tolerant';
import { isAgentTool } from './agentTool';

/**
 * Parameters that the vendor sees. A change of any other (file name, output, timeout, polling) does not
 * make another order.
 */
const parametersOfOrder = [
	'vendor',
	'resource',
	'operation',
	'model',
	'prompt',
	'referenceBinaryFields',
	'referenceUrls',
	'resolution',
	'numberOfImages',
] as const;

/**
 * The ratios are left out. With several, each is an order of its own, and its place names the ratio. Aspect
 * Ratio is hidden then, and counts only without them.
 */
const optionsOfOrder = ['additionalFields', 'customModel', 'outputFormat'] as const;

/**
 * Writes the request for a place of an item as one short text that is the same at every try: it must not
 * depend on where n8n keeps a file, nor on the address that the vendor is asked at.
 */
export function openAskedTexts(
	context: IExecuteFunctions,
): (itemIndex: number, place: TaskPlace) => Promise<string> {
	const { aspectRatio } = context.getNode().parameters;
	const hashes = new Map<number, Promise<string>>();
	const hashOfItem = (itemIndex: number, ratio: unknown): Promise<string> => {
		const known = hashes.get(itemIndex);
		if (known !== undefined) return known;
		const hash = hashOf([
			[...unevaluatedParameters(context), ratio],
			inputOf(context, context.getInputData()[itemIndex]),
		]);
		hashes.set(itemIndex, hash);
		return hash;
	};
	return async (itemIndex, { firstImageIndex, format }) => {
		const place =
			format === undefined ? [firstImageIndex] : [format.firstImageIndex, format.aspectRatio];
		const ratio = format === undefined ? (aspectRatio ?? null) : null;
		return [itemIndex, ...place, await hashOfItem(itemIndex, ratio)].join(':');
	};
}

/**
 * The parameters as the user typed them: `{{ $now }}` in a prompt must not count as another prompt at each
 * run.
 */
function unevaluatedParameters(context: IExecuteFunctions): readonly unknown[] {
	const { parameters } = context.getNode();
	const options = objectOf(parameters.options);
	return [
		...parametersOfOrder.map((name) => parameters[name] ?? null),
		...optionsOfOrder.map((name) => options?.[name] ?? null),
	];
}

/** Files count by the name that n8n gave them, and by their content where it keeps them in memory. */
function inputOf(context: IExecuteFunctions, item: INodeExecutionData | undefined): unknown {
	const files = Object.entries(item?.binary ?? {}).map(([field, { id, data }]) => [
		field,
		id ?? data,
	]);
	const { toolCallId: _ofThisCall, ...ofAgent } = item?.json ?? {};
	return plain([isAgentTool(context) ? ofAgent : (item?.json ?? null), files], []);
}

/**
 * The same value as plain JSON, even where an earlier node has put other things into the item: circles and
 * big numbers become texts. Of a stored file only its own name is kept, since n8n moves it after the run.
 */
function plain(value: unknown, within: readonly object[]): unknown {
	if (typeof value === 'string') return storedFile.exec(value)?.[1] ?? value;
	if (typeof value === 'bigint') return `${value}n`;
	if (typeof value !== 'object' || value === null) return value;
	if (within.includes(value)) return `circle to ${within.indexOf(value)}`;
	if (within.length >= maxDepth) return 'deeper';
	const inside = [...within, value];
	if (Array.isArray(value)) return value.map((entry) => plain(entry, inside));
	if ('toJSON' in value && typeof value.toJSON === 'function') {
		try {
			return plain((value as { toJSON(): unknown }).toJSON(), inside);
		} catch {
			// The item then counts by its fields.
		}
	}
	const kept = Object.entries(value).filter(([, entry]) => !leftOut.has(typeof entry));
	return kept.map(([name, entry]) => [name, plain(entry, inside)]);
}

/** Members of these types are gone when the execution comes back from the database. */
const leftOut: ReadonlySet<string> = new Set(['undefined', 'function', 'symbol']);

/** No two items differ only below this depth, and the call stack is limited. */
const maxDepth = 200;

/** `filesystem-v2:workflows/…/executions/temp/binary_data/<UUID>`, and the same in other storages. */
const storedFile =
	/^(?:filesystem|filesystem-v2|s3|azure|database):\S{0,1000}?([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** The same short text for the same JSON; the value cannot be read from it. */
export async function hashOf(value: unknown): Promise<string> {
	const bytes = new TextEncoder().encode(JSON.stringify(value));
	return Buffer.from(await crypto.subtle.digest('SHA-256', bytes))
		.toString('hex')
		.slice(0, 32);
}
