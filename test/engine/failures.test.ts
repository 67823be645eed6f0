import './harness/environment';

import { startSandbox, type Sandbox, type VendorId } from '../sandbox';
import { startInstance } from './harness/instance';
import { picture } from './harness/pictures';
import { removeStorage, runWorkflow, withBinaryDataInMemory } from './harness/runWorkflow';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ taskDurationMs: 50, flatPictures: true });
});
afterEach(() => {
	expect(sandbox.ledger.leakedKeys).toEqual([]);
	sandbox.reset();
});
afterAll(async () => {
	await sandbox.close();
	await removeStorage();
});

const run = async (id: VendorId, options: Omit<Parameters<typeof runWorkflow>[0], 'credentials'>) =>
	await runWorkflow({ ...options, credentials: credentialFor(sandbox, id) });

interface ErrorJson {
	readonly message: string;
	readonly code: string;
	readonly hint: string;
	readonly vendor: string;
	readonly taskId?: string;
	readonly resumable: boolean;
	readonly retryElsewhere: boolean;
}

describe('bad input is refused before anything is spent', () => {
	const tooMany = Array.from({ length: 20 }, (_, index) => `https://example.com/${index}.png`);
	const cases: ReadonlyArray<{
		readonly what: string;
		readonly operation: 'generate' | 'edit';
		readonly parameters: Parameters<typeof imageParameters>[2];
		readonly message: RegExp;
	}> = [
		{
			what: 'an empty prompt',
			operation: 'generate',
			parameters: { prompt: '={{ $json.missing }}' },
			message: /prompt is empty.*\[item 1\]/,
		},
		{
			what: 'a ratio that does not exist',
			operation: 'generate',
			parameters: { aspectRatio: '={{ "7:5" }}' },
			message: /'Aspect Ratio' is 7:5.*\[item 1\]/,
		},
		{
			what: 'a size that does not exist',
			operation: 'generate',
			parameters: { resolution: '={{ "8K" }}' },
			message: /'Resolution' is 8K.*\[item 1\]/,
		},
		{
			what: 'too many images',
			operation: 'generate',
			parameters: { numberOfImages: '={{ 7 }}' },
			message: /'Number of Images' is 7.*\[item 1\]/,
		},
		{
			what: 'an edit without a reference',
			operation: 'edit',
			parameters: {},
			message: /at least one reference image.*\[item 1\]/,
		},
		{
			what: 'too many references',
			operation: 'edit',
			parameters: { referenceUrls: tooMany.join('\n') },
			message: /20 reference images.*\[item 1\]/,
		},
		{
			what: 'a reference that is no address',
			operation: 'edit',
			parameters: { referenceUrls: 'product.png' },
			message: /"product.png" cannot be used.*\[item 1\]/,
		},
		{
			what: 'a binary field that was typed and is not there',
			operation: 'edit',
			parameters: { referenceBinaryFields: 'photo', referenceUrls: 'https://example.com/a.png' },
			message: /no binary field "photo".*\[item 1\]/,
		},
		{
			what: 'a time limit that is none',
			operation: 'generate',
			parameters: { options: { timeout: '={{ "soon" }}' } },
			message: /'Timeout' is no number.*\[item 1\]/,
		},
	];

	describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
		it.each(cases)('$what', async ({ operation, parameters = {}, message }) => {
			// Only the second item is wrong, and the first is not bought either.
			const onlySecond = Object.fromEntries(
				Object.entries(parameters).map(([name, value]) => [name, value]),
			);
			const { error } = await run(id, {
				parameters: imageParameters(id, operation, onlySecond),
				items: [{ json: { missing: 'A banana' } }, { json: {} }],
				onError: 'continueErrorOutput',
			}).then(({ errorItems }) => ({
				error: errorItems.at(-1)?.json.error as ErrorJson | undefined,
			}));

			expect(error?.message).toMatch(message);
			expect(error).toMatchObject({ code: 'invalidRequest', resumable: false });
			expect(error?.hint).not.toBe('');
		});
	});

	it('does not buy the good items of a run that stops at the bad one', async () => {
		const { error } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', { prompt: '={{ $json.prompt }}' }),
			items: [{ json: { prompt: 'A banana' } }, { json: { prompt: ' ' } }],
		});

		expect(error?.message).toContain('The prompt is empty [item 1]');
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it('counts the characters that Apikley allows', async () => {
		const { error } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', { prompt: 'x'.repeat(10_001) }),
		});

		expect(error?.message).toContain('10001 characters; Apikley takes at most 10000');
	});

	it.each([
		[
			'runbase',
			'generate',
			{ model: 'nanoBananaPro', aspectRatio: '8:1' },
			"'Aspect Ratio' is 8:1, but with Nano Banana Pro it can only be one of",
		],
		[
			'nanoBananaProCloud',
			'edit',
			{ model: 'nanoBanana2', referenceUrls: tooMany.slice(0, 9).join('\n') },
			'takes at most 8 with Nano Banana 2',
		],
		[
			'runbase',
			'edit',
			{ model: 'nanoBanana', referenceUrls: tooMany.slice(0, 11).join('\n') },
			'takes at most 10 with Nano Banana',
		],
	] as const)('holds %s to the limits of the model (%s)', async (id, operation, asked, message) => {
		const { error } = await run(id, { parameters: imageParameters(id, operation, asked) });

		expect(error?.message).toContain(message);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(['runbase', 'nanoBananaProCloud'] as const)(
		'makes a banner where Nano Banana 2 of %s can',
		async (id) => {
			const asked = { model: 'nanoBanana2', aspectRatio: '8:1' };
			const { items } = await run(id, { parameters: imageParameters(id, 'generate', asked) });

			expect(items[0]?.json).toMatchObject({ aspectRatio: '8:1', image: { width: 3072 } });
		},
	);

	it('names the models that a vendor offers', async () => {
		const { error } = await run('skillBoss', {
			parameters: imageParameters('skillBoss', 'generate', { model: '={{ "nanoBanana2" }}' }),
		});

		expect(error?.message).toContain('SkillBoss does not offer Nano Banana 2');
		expect(error?.description).toContain('Nano Banana Pro');
	});

	it('refuses a base URL that is none', async () => {
		const { error } = await runWorkflow({
			parameters: imageParameters('apikley', 'generate'),
			credentials: credentialFor(sandbox, 'apikley', { baseUrl: 'api.apikley.ru' }),
		});

		expect(error?.message).toContain('The base URL in the Apikley credential is not a valid URL');
	});
});

describe('reference files', () => {
	it.each(vendorCases)('$vendor.displayName: must be images by their bytes', async ({ id }) => {
		const { error } = await run(id, {
			parameters: imageParameters(id, 'edit'),
			items: [
				{ json: {}, binary: { data: { bytes: Buffer.from('%PDF-1.7'), mediaType: 'image/png' } } },
			],
		});

		expect(error?.message).toMatch(/"data" holds no image/);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it('must not be larger than the vendor takes', async () => {
		const large = Buffer.concat([await picture(), Buffer.alloc(11_000_000)]);

		const { error } = await run('nanoBananaProCloud', {
			parameters: imageParameters('nanoBananaProCloud', 'edit'),
			items: [{ json: {}, binary: { data: { bytes: large, mediaType: 'image/png' } } }],
		});

		expect(error?.message).toMatch(/has 11\.0 MB; .* takes at most 10\.\d MB/);
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(['skillBoss', 'runbase'] as const)(
		'%s cannot fetch them from an instance that only this network sees',
		async (id) => {
			const { error } = await runWorkflow({
				parameters: imageParameters(id, 'edit'),
				items: [{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } }],
				credentials: credentialFor(sandbox, id, { baseUrl: 'https://api.example.com' }),
				restApiUrl: 'http://localhost:5678/rest',
			});

			expect(error?.message).toContain('cannot reach this n8n at localhost:5678');
			expect(error?.description).toContain('WEBHOOK_URL');
		},
	);

	it.each(['skillBoss', 'runbase'] as const)('%s cannot fetch them from memory', async (id) => {
		const { error } = await withBinaryDataInMemory(
			async () =>
				await run(id, {
					parameters: imageParameters(id, 'edit'),
					items: [
						{ json: {}, binary: { data: { bytes: await picture(), mediaType: 'image/png' } } },
					],
				}),
		);

		expect(error?.message).toContain('keeps the binary field "data" in memory');
		expect(error?.description).toContain('N8N_DEFAULT_BINARY_DATA_MODE');
		expect(sandbox.ledger.requests).toHaveLength(0);
	});

	it.each(['apikley', 'apiMall', 'nanoBananaProCloud'] as const)(
		'%s takes them from memory',
		async (id) => {
			const bytes = await picture();

			const { error } = await withBinaryDataInMemory(
				async () =>
					await run(id, {
						parameters: imageParameters(id, 'edit'),
						items: [{ json: {}, binary: { data: { bytes, mediaType: 'image/png' } } }],
					}),
			);

			expect(error).toBeUndefined();
			expect(sandbox.ledger.tasks[0]?.references).toMatchObject([{ bytes: bytes.length }]);
		},
	);

	it('are ignored where only the default is missing and URLs are given', async () => {
		const instance = await startInstance();
		const source = await run('runbase', { parameters: imageParameters('runbase', 'generate') });
		const url = (source.items[0]?.json.image as { url: string }).url;

		const { error } = await run('runbase', {
			parameters: imageParameters('runbase', 'edit', { referenceUrls: [url] as never }),
		});

		await instance.close();
		expect(error).toBeUndefined();
		expect(sandbox.ledger.tasks[1]?.references).toHaveLength(1);
	});
});

describe('continue on fail', () => {
	const parameters = imageParameters('apikley', 'generate', { prompt: '={{ $json.prompt }}' });
	const file = async () => ({ data: { bytes: await picture(), mediaType: 'image/png' } });

	it('sends bad items to the error output with their own json and files', async () => {
		sandbox.faults.add({
			vendor: 'apikley',
			verb: 'submit',
			fault: 'taskModerated',
			match: { prompt: 'bad' },
		});

		const { items, errorItems, error } = await run('apikley', {
			parameters,
			onError: 'continueErrorOutput',
			items: [
				{ json: { prompt: 'good one', sku: 1 } },
				{ json: { prompt: 'bad', sku: 2 }, binary: await file() },
				{ json: { prompt: 'good two', sku: 3 } },
			],
		});

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.prompt)).toEqual(['good one', 'good two']);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
		expect(items.every(({ json }) => !('error' in json))).toBe(true);
		expect(errorItems).toHaveLength(1);
		expect(errorItems[0]?.json).toMatchObject({
			prompt: 'bad',
			sku: 2,
			error: {
				code: 'contentRejected',
				vendor: 'apikley',
				taskId: sandbox.ledger.tasks.find(({ prompt }) => prompt === 'bad')?.id,
				resumable: false,
				retryElsewhere: false,
			},
		});
		expect(errorItems[0]?.binary?.data?.mimeType).toBe('image/png');
		expect(errorItems[0]?.pairedItem).toEqual({ item: 1 });
	});

	it('keeps them in place on the regular output', async () => {
		const { items, error } = await run('apikley', {
			parameters,
			onError: 'continueRegularOutput',
			items: [
				{ json: { prompt: 'good one' } },
				{ json: { prompt: ' ', sku: 2 }, binary: await file() },
				{ json: { prompt: 'good two' } },
			],
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(3);
		expect(items[1]?.json).toMatchObject({ sku: 2, error: { code: 'invalidRequest' } });
		expect(items[1]?.binary?.data?.mimeType).toBe('image/png');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('says in one item for an input what is missing beside the images that came', async () => {
		sandbox.faults.add({ vendor: 'apikley', verb: 'submit', fault: 'taskFails', times: 1 });

		const { items } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', {
				numberOfImages: 3,
				options: { output: 'itemPerInput' },
			}),
			onError: 'continueRegularOutput',
		});

		expect(items).toHaveLength(1);
		expect(Object.keys(items[0]?.binary ?? {})).toEqual(['data', 'data_1']);
		expect(items[0]?.json.warnings).toEqual([expect.stringContaining('An image is missing')]);
	});

	it('names the task of an image that could not be fetched beside others', async () => {
		sandbox.faults.add({ vendor: 'apikley', verb: 'download', fault: 'fileNotFound', times: 1 });

		const { items } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', {
				numberOfImages: 2,
				options: { output: 'itemPerInput' },
			}),
			onError: 'continueRegularOutput',
		});

		const { taskIds, warnings } = items[0]?.json as { taskIds: string[]; warnings: string[] };
		const lost = sandbox.ledger.tasks.find((task) => !taskIds.includes(task.id));
		expect(lost).toBeDefined();
		expect(warnings[0]).toContain(lost?.id);
	});

	it('lets an item go to another vendor when its reference could not be uploaded', async () => {
		sandbox.faults.add({ vendor: 'apikley', verb: 'upload', fault: 'serverError' });

		const { errorItems } = await run('apikley', {
			parameters: imageParameters('apikley', 'edit'),
			onError: 'continueErrorOutput',
			items: [{ json: {}, binary: await file() }],
		});

		expect(errorItems[0]?.json.error).toMatchObject({
			code: 'vendorUnavailable',
			retryElsewhere: true,
			resumable: false,
		});
	});
});

describe('trouble within n8n ends one item alone', () => {
	const prompt = "={{ $json.prompt ?? $('Nowhere').first().json.prompt }}";

	it('when an expression of Generate cannot be resolved', async () => {
		const { items, errorItems } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', { prompt }),
			onError: 'continueErrorOutput',
			items: [{ json: { prompt: 'one' } }, { json: {} }, { json: { prompt: 'three' } }],
		});

		expect(items.map(({ json }) => json.prompt)).toEqual(['one', 'three']);
		expect(errorItems[0]?.json.error).toMatchObject({ code: 'invalidRequest' });
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('when an expression of Task → Wait cannot be resolved', async () => {
		const made = await run('apikley', { parameters: imageParameters('apikley', 'generate') });

		const { items, errorItems } = await run('apikley', {
			parameters: taskParameters('apikley', 'wait', {
				taskId: "={{ $json.taskId ?? $('Nowhere').first().json.taskId }}",
			}),
			onError: 'continueErrorOutput',
			items: [{ json: {} }, { json: { taskId: made.items[0]?.json.taskId ?? null } }],
		});

		expect(items).toHaveLength(1);
		expect(errorItems[0]?.json.error).toMatchObject({ code: 'invalidRequest' });
	});
});

describe('answers that must not be believed', () => {
	it('cuts off an answer without end and looks again', async () => {
		sandbox.faults.add({
			vendor: 'apikley',
			verb: 'getTask',
			fault: 'hugeAnswer',
			times: 1,
			megabytes: 20,
		});

		const { items, error } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate'),
		});

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
	});

	it('says when fewer images came than were paid for', async () => {
		sandbox.faults.add({ vendor: 'apiMall', verb: 'getTask', fault: 'fewerImages' });

		const { items } = await run('apiMall', {
			parameters: imageParameters('apiMall', 'generate', { numberOfImages: 3 }),
		});

		expect(items).toHaveLength(2);
		expect(items[0]?.json.warnings).toEqual([expect.stringContaining('delivered 2 of 3 images')]);
	});

	it('waits for a task that Apikley does not know yet, also in a step of its own', async () => {
		const submitted = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', { completion: 'submit' }),
		});
		sandbox.faults.add({ vendor: 'apikley', verb: 'getTask', fault: 'recordInfoNull', ms: 1_500 });

		const { items, error } = await run('apikley', {
			parameters: taskParameters('apikley', 'wait'),
			items: submitted.items.map(({ json }) => ({ json })),
		});

		expect(error).toBeUndefined();
		expect(items[0]?.json.state).toBe('succeeded');
		expect(items[0]?.json.polls).toBeGreaterThan(1);
	});

	it('makes one failed item of all failed images of an input, with all task ids', async () => {
		sandbox.faults.add({ vendor: 'apikley', verb: 'submit', fault: 'taskFails' });

		const { errorItems } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', {
				numberOfImages: 2,
				options: { output: 'itemPerInput' },
			}),
			onError: 'continueErrorOutput',
		});

		expect(errorItems).toHaveLength(1);
		const { taskIds } = errorItems[0]?.json.error as { taskIds: string[] };
		expect([...taskIds].sort()).toEqual(sandbox.ledger.tasks.map(({ id }) => id).sort());
	});
});

describe('a run that stops at the first failure', () => {
	it('names the tasks that others have paid for', async () => {
		sandbox.settings.taskDurationMs = ({ prompt }: { prompt: string }) =>
			prompt === 'slow' ? 30_000 : 300;
		sandbox.faults.add({
			vendor: 'apikley',
			verb: 'submit',
			fault: 'taskFails',
			match: { prompt: 'bad' },
		});

		const { error } = await run('apikley', {
			parameters: imageParameters('apikley', 'generate', { prompt: '={{ $json.prompt }}' }),
			items: [{ json: { prompt: 'slow' } }, { json: { prompt: 'bad' } }],
		});

		const idOf = (prompt: string) =>
			sandbox.ledger.tasks.find((task) => task.prompt === prompt)?.id ?? 'no such task';
		expect(error?.message).toMatch(/Apikley could not make the image.*\[item 1\]/);
		expect(error?.description).toContain(`Task ID: ${idOf('bad')}`);
		expect(error?.description).toContain(idOf('slow'));
	});
});

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	it('gives a task that takes too long to Task → Wait', async () => {
		sandbox.settings.taskDurationMs = 2_500;

		const late = await run(id, {
			parameters: imageParameters(id, 'generate', { options: { timeout: 1 } }),
			onError: 'continueErrorOutput',
		});

		const failure = late.errorItems[0]?.json.error as unknown as ErrorJson;
		expect(failure).toMatchObject({ code: 'timeout', resumable: true, retryElsewhere: false });
		expect(failure.message).toContain(failure.taskId);
		expect(failure.message).toMatch(/within 1 s; its last state was ".+" after \d+ looks/);
		expect(failure.hint).toContain('Task → Wait');

		const { items, error } = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: [{ json: late.errorItems[0]?.json ?? {} }],
		});

		expect(error).toBeUndefined();
		expect(items[0]?.json.state).toBe('succeeded');
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('tells a failed task from one that was moderated', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskFails', times: 1 });
		const failing = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});
		sandbox.faults.clear();
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskModerated', times: 1 });
		const moderated = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(failing.errorItems[0]?.json.error).toMatchObject({
			code: 'taskFailed',
			retryElsewhere: true,
			resumable: false,
		});
		expect(moderated.errorItems[0]?.json.error).toMatchObject({
			code: 'contentRejected',
			retryElsewhere: false,
			resumable: false,
		});
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	it('survives single failed looks', async () => {
		sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'serverError', times: 1 });
		sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'badGatewayHtml', times: 1 });

		const { items, error } = await run(id, { parameters: imageParameters(id, 'generate') });

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('never submits again when it is unclear whether the task was taken, but by a key', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'droppedAfterTaken', times: 1 });

		const { items, errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(sandbox.ledger.tasks).toHaveLength(1);
		if (vendor.submitIsIdempotent) {
			expect(items).toHaveLength(1);
			return;
		}
		expect(errorItems[0]?.json.error).toMatchObject({
			code: 'submitUnknown',
			resumable: false,
			retryElsewhere: false,
		});
		expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(1);
	});

	it('submits again after a refusal for speed', async () => {
		sandbox.faults.add({
			vendor: id,
			verb: 'submit',
			fault: 'rateLimitedRetrySeconds',
			seconds: 1,
			times: 1,
		});

		const { items } = await run(id, { parameters: imageParameters(id, 'generate') });

		expect(items).toHaveLength(1);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(2);
	});

	it('refuses a task id of another vendor', async () => {
		const { error } = await run(id, {
			parameters: taskParameters(id, 'wait'),
			items: [{ json: { vendor: 'another', taskId: 'abc' } }],
		});

		expect(error?.message).toContain('was submitted to "another"');
		expect(sandbox.ledger.requests).toHaveLength(0);
	});
});

it.each(['apikley', 'runbase'] as const)(
	'%s: never takes something else for a picture, and keeps the task',
	async (id) => {
		sandbox.faults.add({ vendor: id, verb: 'download', fault: 'fileHtml' });

		const { errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(errorItems[0]?.json.error).toMatchObject({
			code: 'downloadFailed',
			taskId: sandbox.ledger.tasks[0]?.id,
			resumable: true,
		});
		expect(sandbox.ledger.tasks).toHaveLength(1);
	},
);
