import './harness/environment';

import type { INodeExecutionData } from 'n8n-workflow';

import type { Sandbox } from '../sandbox';
import { promptSlug } from '../../nodes/NanoBanana/core/promptSlug';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, taskParameters, vendorCases } from './harness/vendors';
import { plainVendor, uploadingVendor } from '../vendors/roles';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** The names that the files have in n8n's storage, which the items tell, too. */
const namesOf = (items: readonly INodeExecutionData[]) =>
	items.flatMap(({ json, binary }) => {
		const images = (json.images ?? [json]) as Array<{ fileName: string; binaryField?: string }>;
		return images.map(({ fileName, binaryField = 'data' }) => {
			expect(binary?.[binaryField]?.fileName).toBe(fileName);
			return fileName;
		});
	});

const stemsOf = (items: readonly INodeExecutionData[]) =>
	namesOf(items).map((name) => name.replace(/\.[a-z]+$/, ''));

/** The later a task was submitted, the sooner it ends. */
function lastEndsFirst(): void {
	sandbox.settings.taskDurationMs = ({ index }: { index: number }) =>
		Math.max(50, 900 - 200 * index);
}

/** The name of the first image of a task, where the user gave none. */
const defaultName = (taskId: string, prompt: string | undefined): string =>
	prompt === undefined ? taskId : `${promptSlug(prompt)}-${taskId.slice(-6).toLowerCase()}`;

const named = (...names: readonly string[]) => names.map((name) => ({ json: { name } }));

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('gives a name that comes again a number, by the order of the input', async () => {
		lastEndsFirst();

		const { items } = await run(id, {
			parameters: imageParameters(id, 'generate', {
				numberOfImages: '={{ $itemIndex === 0 ? 2 : 1 }}',
				options: { fileName: '={{ $json.name }}' },
			}),
			items: named('lamp', 'Lamp.png', 'chair', 'lamp'),
		});

		expect(stemsOf(items)).toEqual(['lamp', 'lamp-2', 'Lamp-3', 'chair', 'lamp-4']);
	});

	it('does so with Task → Wait, for items and images', async () => {
		const submitted = await run(id, {
			parameters: imageParameters(id, 'generate', {
				options: { completion: 'submit' },
				numberOfImages: vendor.maxImagesInTask > 1 ? 2 : 1,
			}),
			items: named('one', 'two'),
		});
		const tasks = submitted.items.map(({ json }) => ({ json: { taskId: json.taskId ?? null } }));
		lastEndsFirst();

		const { items } = await run(id, {
			parameters: taskParameters(id, 'wait', { options: { fileName: 'poster' } }),
			items: tasks,
		});
		expect(stemsOf(items)).toEqual(
			vendor.maxImagesInTask > 1
				? ['poster', 'poster-3', 'poster-2', 'poster-2-2']
				: ['poster', 'poster-2'],
		);

		const [task] = tasks;
		const twice = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: [task, task].flatMap((each) => each ?? []),
		});
		const stems = stemsOf(twice.items);
		const bought = sandbox.ledger.tasks.find(({ id: taskId }) => taskId === task?.json.taskId);
		const told = items[0]?.json.prompt === null ? undefined : bought?.prompt;
		const first = defaultName(bought?.id ?? '', told);
		// By the order of the input, whichever of them ends first.
		const perItem = vendor.maxImagesInTask > 1 ? 2 : 1;
		expect(stems).toHaveLength(2 * perItem);
		expect(stems[0]).toBe(first);
		expect(stems[perItem]).toBe(`${first}-2`);
		expect(new Set(stems).size).toBe(stems.length);
	});
});

it('counts over ratios and differing endings', async () => {
	lastEndsFirst();

	const { items } = await run(uploadingVendor, {
		parameters: imageParameters(uploadingVendor, 'generate', {
			options: {
				outputFormat: '={{ $json.format }}',
				fileName: '=sale {{ $now.format("yyyy") }}',
				aspectRatios: '={{ $json.ratios }}',
			},
		}),
		items: [
			{ json: { format: 'jpg', ratios: ['1:1', '9:16'] } },
			{ json: { format: 'png', ratios: ['9:16', '1:1'] } },
			{ json: { format: 'png', ratios: [] } },
			{ json: { format: 'jpg', ratios: [] } },
		],
	});

	const year = new Date().getFullYear();
	expect(namesOf(items)).toEqual([
		`sale ${year}-1x1.jpg`,
		`sale ${year}-9x16.jpg`,
		`sale ${year}-9x16-2.png`,
		`sale ${year}-1x1-2.png`,
		`sale ${year}.png`,
		`sale ${year}-2.jpg`,
	]);
});

it('keeps a name for the image that it was meant for, whatever fails or is run again', async () => {
	sandbox.faults.add({ fault: 'taskFails', vendor: plainVendor, match: { prompt: 'two' } });
	const parameters = imageParameters(plainVendor, 'generate', {
		prompt: '={{ $json.name }}',
		options: { fileName: 'poster' },
	});
	const first = await run(plainVendor, {
		parameters,
		items: named('one', 'two', 'three'),
		onError: 'continueErrorOutput',
	});
	expect(stemsOf(first.items)).toEqual(['poster', 'poster-3']);
	sandbox.faults.clear();

	const second = await run(plainVendor, {
		parameters,
		items: named('one', 'two', 'three'),
		retryOf: first.run,
	});

	expect(stemsOf(second.items)).toEqual(['poster', 'poster-2', 'poster-3']);
	expect(sandbox.ledger.tasks).toHaveLength(4);
});

describe('the name of an image where none was given', () => {
	const prompts = [
		'A red bicycle in front of a bakery',
		'Ein grüner Löwe, fünfmal',
		'猫と月',
		'🍌🍌',
	];

	it.each(vendorCases)(
		'begins with the prompt and ends with the task ($vendor.displayName)',
		async ({ id }) => {
			const { items } = await run(id, {
				parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}' }),
				items: prompts.map((prompt) => ({ json: { prompt } })),
			});

			const ids = items.map(({ json }) => json.taskId as string);
			const ends = ids.map((taskId) => taskId.slice(-6).toLowerCase());
			expect(stemsOf(items)).toEqual([
				`a-red-bicycle-in-front-of-a-bakery-${ends[0]}`,
				`ein-gruener-loewe-fuenfmal-${ends[1]}`,
				`猫と月-${ends[2]}`,
				ids[3],
			]);
		},
	);

	it('is another at a later run of the same workflow', async () => {
		const parameters = imageParameters(uploadingVendor, 'generate');
		const first = await run(uploadingVendor, { parameters });
		const second = await run(uploadingVendor, { parameters });

		expect(stemsOf(first.items)).not.toEqual(stemsOf(second.items));
	});
});
