import './harness/environment';

import type { IDataObject, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { textOf } from '../../nodes/NanoBanana/core/tolerant';
import {
	recordedPanel,
	savedVersions,
	savedWorkflows,
	situationOf,
	withDefaults,
} from '../saved-workflows/files';
import { decodedSize, pixelSize, type Sandbox } from '../sandbox';
import { startInstance, type Instance } from './harness/instance';
import { runSaved } from './harness/runSaved';
import { readBinary } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, vendorCases } from './harness/vendors';

/** Workflows that were saved with an earlier version still load, run, and bring what they brought. */

let sandbox: Sandbox;
let instance: Instance;

beforeAll(async () => {
	instance = await startInstance();
});
afterAll(async () => {
	await instance.close();
});
sandboxForFile(
	{
		flatPictures: true,
		taskDurationMs: ({ prompt }) => (prompt.includes('to cancel') ? 60_000 : 100),
		// The Additional Fields of the saved workflows.
		extraFields: Object.fromEntries(vendorCases.map(({ id }) => [id, ['seed']])),
	},
	(started) => {
		sandbox = started;
	},
);

/** What workflows read from an item, as the first version promised it. */
const promisedKeys = ['vendor', 'state', 'prompt', 'aspectRatio'];
/** Only with Simplify off. */
const promisedDetails = [
	'model',
	'operation',
	'resolution',
	'submittedAt',
	'completedAt',
	'durationMs',
	'polls',
	'raw',
];
const promisedFileKeys = ['fileName', 'width', 'height'];
const promisedFileDetails = ['mediaType', 'bytes'];

describe.each(savedVersions())('saved with version %s', (version) => {
	it('has every operation of every vendor, with defaults and with options', () => {
		const panel = recordedPanel(version);
		const situations = new Set(panel.flatMap(({ shownIn }) => shownIn));
		for (const kind of ['defaults', 'options']) {
			const workflows = savedWorkflows(version).filter(([file]) => file.includes(`.${kind}.`));
			const saved = workflows.flatMap(([, { nodes }]) =>
				nodes.filter(isOurs).map(({ parameters }) => situationOf(panel, parameters)),
			);
			expect([...new Set(saved)].sort()).toEqual([...situations].sort());
		}
	});

	it.each(savedWorkflows(version))('%s runs', async (_file, saved) => {
		const ours = saved.nodes.filter(isOurs);
		const { vendor } = withDefaults(version, ours[0]!.parameters);
		const { id } = vendorCases.find((each) => each.id === vendor)!;

		const results = await runSaved(saved, {
			credentials: credentialFor(sandbox, id),
			restApiUrl: instance.restApiUrl,
		});

		for (const node of ours) {
			const { items, error } = results.get(node.name)!;
			// The name of the node is in the message where one fails.
			expect({ node: node.name, error: error?.message }).toEqual({ node: node.name });
			await expectItems(node, withDefaults(version, node.parameters), items);
		}
	});
});

/** With the defaults of the version that saved them. */
type Parameters = Readonly<Record<string, unknown>>;

function isOurs({ type }: INode): boolean {
	return type.startsWith('n8n-nodes-nano-banana-vendors.');
}

async function expectItems(
	{ parameters: given }: INode,
	parameters: Parameters,
	items: readonly INodeExecutionData[],
): Promise<void> {
	const { vendor, resource, operation } = parameters;
	const { simplify, completion } = optionsOf(parameters);
	const isSimple = simplify !== false;
	const [item] = items;
	expect(item?.json).toMatchObject({ vendor });
	expect(item?.json).not.toHaveProperty('error');
	expect(item?.json.raw === undefined).toBe(isSimple);
	if (resource === 'account') {
		expect(item?.json.balance).toMatchObject({ amount: expect.any(Number), unit: 'credits' });
		return;
	}
	const promised = [...promisedKeys, ...(isSimple ? [] : promisedDetails)];
	expect(Object.keys(item?.json ?? {})).toEqual(expect.arrayContaining(promised));
	if (!isSimple) expect(item?.json).toMatchObject({ operation });
	if (operation === 'cancel') {
		expect(item?.json).toMatchObject({ state: 'canceled' });
		expect(item?.json).not.toHaveProperty('url');
		return;
	}
	if (resource === 'image') expectAsked(given, parameters, item?.json ?? {});
	if (completion === 'submit') {
		expect(items).toHaveLength(1);
		expect(item?.json).toMatchObject({ taskId: expect.any(String) });
		expect(item?.json).not.toHaveProperty('url');
		expect(item?.binary).toBeUndefined();
		return;
	}
	const images = imagesOf(parameters, items);
	if (operation === 'get' && item?.json.state !== 'succeeded') {
		expect(images).toEqual([]);
		return;
	}
	expect(items.map(({ json }) => json.state)).toEqual(items.map(() => 'succeeded'));
	const ratios = ratiosOf(parameters);
	expect(images).toHaveLength(Number(parameters.numberOfImages ?? 1) * ratios.length);
	for (const image of images) await expectPicture(parameters, image);
}

/** What was asked for comes back in the item, whatever was left at its default included. */
function expectAsked(given: INodeParameters, parameters: Parameters, json: IDataObject): void {
	const { prompt, model } = parameters;
	const [aspectRatio] = ratiosOf(parameters);
	const { customModel, simplify } = optionsOf(parameters);
	const isExpression = textOf(prompt)?.startsWith('=') === true;
	expect(json).toMatchObject({
		prompt: isExpression ? 'A poster of 3 bananas' : prompt,
		aspectRatio,
		...(simplify === false ? { model: customModel ?? model } : {}),
		...(given.resolution === undefined ? {} : { resolution: given.resolution }),
	});
}

/** The ratios of the images of one input item, in their order. */
function ratiosOf(parameters: Parameters): readonly unknown[] {
	const { aspectRatios } = optionsOf(parameters);
	return Array.isArray(aspectRatios) ? aspectRatios : [parameters.aspectRatio];
}

function optionsOf({ options }: Parameters): IDataObject {
	return (options ?? {}) as IDataObject;
}

interface FoundImage {
	readonly position: number;
	readonly json: IDataObject;
	readonly item: INodeExecutionData;
}

function imagesOf(
	parameters: Parameters,
	items: readonly INodeExecutionData[],
): readonly FoundImage[] {
	const { output } = optionsOf(parameters);
	if (output !== 'itemPerInput') {
		return items.flatMap((item, position) =>
			item.json.url === undefined ? [] : { position, json: item.json, item },
		);
	}
	expect(items).toHaveLength(1);
	return items.flatMap((item) => {
		expect(item.json.taskIds).toEqual(expect.arrayContaining([expect.any(String)]));
		return (item.json.images as IDataObject[]).map((json, position) => ({ position, json, item }));
	});
}

async function expectPicture(
	parameters: Parameters,
	{ position, json, item }: FoundImage,
): Promise<void> {
	const { operation, resolution } = parameters;
	const options = optionsOf(parameters);
	const ratios = ratiosOf(parameters);
	// Of one ratio there may be several images.
	const aspectRatio = ratios[position] ?? ratios[0];
	expect(json.url).toMatch(/^http/);
	if (options.download === false || operation === 'get') {
		expect(json).not.toHaveProperty('fileName');
		expect(item.binary).toBeUndefined();
		return;
	}
	const promised = [
		...promisedFileKeys,
		...(options.simplify === false ? promisedFileDetails : []),
	];
	expect(Object.keys(json)).toEqual(expect.arrayContaining(promised));
	const field = textOf(options.binaryField) ?? 'data';
	const isInOne = options.output === 'itemPerInput' && position > 0;
	const isTold = options.output === 'itemPerInput' || options.simplify === false;
	if (isTold) expect(json.binaryField).toBe(isInOne ? `${field}_${position}` : field);
	if (options.fileName !== undefined) {
		const name = position === 0 ? 'poster' : `poster-${position + 1}`;
		expect(json.fileName).toMatch(new RegExp(`^${name}\\.(png|jpg|webp)$`));
	}
	const bytes = await readBinary(item.binary?.[isInOne ? `${field}_${position}` : field]);
	expect(await decodedSize(bytes)).toEqual({ width: json.width, height: json.height });
	if (aspectRatio !== undefined) {
		expect(json).toMatchObject(pixelSize(textOf(aspectRatio) ?? '', textOf(resolution) ?? '1K'));
	}
}
