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
import { pixelSize, type Sandbox } from '../sandbox';
import { startInstance, type Instance } from './harness/instance';
import { decode } from './harness/pictures';
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
	},
	(started) => {
		sandbox = started;
	},
);

/** What workflows read from an item, as the first version promised it. */
const promisedKeys = [
	'vendor',
	'model',
	'operation',
	'state',
	'prompt',
	'aspectRatio',
	'resolution',
	'submittedAt',
	'completedAt',
	'durationMs',
	'polls',
];
const promisedImageKeys = [
	'index',
	'url',
	'fileName',
	'mediaType',
	'bytes',
	'width',
	'height',
	'binaryField',
];

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
	const { vendor, resource, operation, simplify } = parameters;
	const [item] = items;
	expect(item?.json).toMatchObject({ vendor });
	expect(item?.json).not.toHaveProperty('error');
	expect(item?.json.raw === undefined).toBe(simplify !== false);
	if (resource === 'account') {
		expect(item?.json.balance).toMatchObject({ amount: expect.any(Number), unit: 'credits' });
		return;
	}
	expect(item?.json).toMatchObject({ operation });
	expect(Object.keys(item?.json ?? {})).toEqual(expect.arrayContaining(promisedKeys));
	if (operation === 'cancel') {
		expect(item?.json).toMatchObject({ state: 'canceled', image: null });
		return;
	}
	if (resource === 'image') expectAsked(given, parameters, item?.json ?? {});
	if (parameters.completion === 'submit') {
		expect(items).toHaveLength(1);
		expect(item?.json).toMatchObject({ image: null, taskId: expect.any(String) });
		expect(item?.binary).toBeUndefined();
		return;
	}
	const images = imagesOf(parameters, items);
	if (operation === 'get' && item?.json.state !== 'succeeded') {
		expect(images).toEqual([]);
		return;
	}
	expect(items.map(({ json }) => json.state)).toEqual(items.map(() => 'succeeded'));
	expect(images).toHaveLength(Number(parameters.numberOfImages ?? 1));
	for (const image of images) {
		expect(Object.keys(image.json)).toEqual(expect.arrayContaining(promisedImageKeys));
		await expectPicture(parameters, image);
	}
}

/** What was asked for comes back in the item, whatever was left at its default included. */
function expectAsked(given: INodeParameters, parameters: Parameters, json: IDataObject): void {
	const { prompt, model, aspectRatio, options } = parameters;
	const { customModel } = options as IDataObject;
	const isExpression = textOf(prompt)?.startsWith('=') === true;
	expect(json).toMatchObject({
		prompt: isExpression ? 'A poster of 3 bananas' : prompt,
		model: customModel ?? model,
		aspectRatio,
		...(given.resolution === undefined ? {} : { resolution: given.resolution }),
	});
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
	const { output } = (parameters.options ?? {}) as IDataObject;
	if (output !== 'itemPerInput') {
		return items.flatMap((item, position) =>
			item.json.image === null ? [] : { position, json: item.json.image as IDataObject, item },
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
	const { operation, aspectRatio, resolution } = parameters;
	const options = (parameters.options ?? {}) as IDataObject;
	expect(json.url).toMatch(/^http/);
	if (options.download === false || operation === 'get') {
		expect(json).toMatchObject({ fileName: null, width: null, binaryField: null });
		expect(item.binary).toBeUndefined();
		return;
	}
	const field = textOf(options.binaryField) ?? 'data';
	const isInOne = options.output === 'itemPerInput' && position > 0;
	expect(json.binaryField).toBe(isInOne ? `${field}_${position}` : field);
	if (options.fileName !== undefined) {
		const name = position === 0 ? 'poster' : `poster-${position + 1}`;
		expect(json.fileName).toMatch(new RegExp(`^${name}\\.(png|jpg|webp)$`));
	}
	const bytes = await readBinary(item.binary?.[isInOne ? `${field}_${position}` : field]);
	expect(await decode(bytes)).toEqual({ width: json.width, height: json.height });
	if (aspectRatio !== undefined) {
		expect(json).toMatchObject(pixelSize(textOf(aspectRatio) ?? '', textOf(resolution) ?? '1K'));
	}
}
