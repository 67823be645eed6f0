import './harness/environment';

import { gif } from '../images';
import type { Sandbox, VendorId } from '../sandbox';
import { plainVendor } from '../vendors/roles';
import { withoutResults, withResults } from './harness/bentResults';
import { errorOf } from './harness/errorJson';
import { startFileHost, type FileHost } from './harness/fileHost';
import { picture } from './harness/pictures';
import { startRelay, type Bend, type Relay } from './harness/relay';
import { readBinary, runWorkflow, type RunOptions, type RunResult } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import {
	callingCases,
	credentialFor,
	imageParameters,
	taskParameters,
	vendorCases,
} from './harness/vendors';
import { startParked } from './harness/parkedExecution';

let sandbox: Sandbox;
let relay: Relay | undefined;
let host: FileHost;
let bytes: Buffer;

beforeAll(async () => {
	bytes = await picture('png', 1024, 1024);
	host = await startFileHost((_request, response) => response.end(bytes));
});
afterEach(async () => {
	await relay?.close();
	relay = undefined;
});
afterAll(async () => await host.close());
sandboxForFile(
	{ taskDurationMs: 50, flatPictures: true, allowPrivateCallbacks: true },
	(started) => {
		sandbox = started;
	},
);

async function credentials(id: VendorId, bend: Bend) {
	relay = await startRelay(sandbox, bend);
	return credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) });
}

async function runWith(
	id: VendorId,
	bend: Bend,
	options: Partial<Omit<RunOptions, 'credentials'>> = {},
): Promise<RunResult> {
	return await runWorkflow({
		parameters: imageParameters(id, 'generate', allFields),
		onError: 'continueErrorOutput',
		...options,
		credentials: await credentials(id, bend),
	});
}

/** With `simplify` off in either place where a version of the panel has it. */
const allFields = { simplify: false, options: { simplify: false } };

async function expectImage({ items, errorItems }: RunResult): Promise<void> {
	expect(errorItems.map(({ json }) => json)).toEqual([]);
	expect(items).toHaveLength(1);
	expect((await readBinary(items[0]?.binary?.data)).equals(bytes)).toBe(true);
}

/** Everything that n8n would save of a run or write into its log. */
function kept({ run, log }: RunResult): string {
	return JSON.stringify([run.data.resultData.runData, run.data.executionData?.contextData, log]);
}

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it.each<[string, (address: string) => string]>([
		['without a scheme', (address) => address.replace('http:', '')],
		['that begins with its host', (address) => address.replace('http://', '')],
	])('downloads from a URL %s', async (_name, bent) => {
		const result = await runWith(id, (answer) =>
			withResults(answer, () => bent(`${host.url}/image.png`)),
		);
		await expectImage(result);
		expect(JSON.stringify(result.items[0]?.json)).toContain(`"url":"${host.url}/image.png"`);
	});

	it.each(['/made/image.png', 'made/image.png'])(
		'downloads from %s at its own host',
		async (path) => {
			const bend: Bend = (answer, request, response) => {
				if (request.path !== '/made/image.png') return withResults(answer, () => path);
				response.end(bytes);
				return 'sent';
			};
			await expectImage(await runWith(id, bend));
			expect(relay?.requests.filter(({ path: asked }) => asked === '/made/image.png')).toHaveLength(
				1,
			);
		},
	);

	it.each<[string, (address: string) => Readonly<Record<string, unknown>>]>([
		['JSON in a text', (address) => ({ answer: JSON.stringify({ images: [{ url: address }] }) })],
		['a list of another name', (address) => ({ finished: [address] })],
		['words', (address) => ({ text: `Here is your image: ${address}` })],
		['a URL beside an id', (address) => ({ results: [{ image: 'img_1', url: address }] })],
	])('takes the URL out of %s', async (_name, beside) => {
		await expectImage(
			await runWith(id, (answer) => withoutResults(answer, beside(`${host.url}/image.png`))),
		);
	});

	it.each<[string, (content: string) => unknown]>([
		['a data: URI', (content) => `data:image/png;base64,${content}`],
		['base64', (content) => content],
	])('takes the image out of %s', async (_name, form) => {
		const content = bytes.toString('base64');
		const result = await runWith(id, (answer) => withResults(answer, () => form(content)));
		await expectImage(result);
		expect(kept(result)).not.toContain(content.slice(0, 60));
		expect(JSON.stringify(result.items[0]?.json)).toContain('"url":null');
		expect(result.items[0]?.json.raw).toBeDefined();
	});

	it.each<[string, (content: string) => Readonly<Record<string, unknown>>]>([
		['b64_json', (content) => ({ data: [{ b64_json: content }] })],
		['image_base64', (content) => ({ image_base64: content })],
		[
			'inlineData',
			(content) => ({
				candidates: [
					{
						content: {
							parts: [{ text: 'Here' }, { inlineData: { mimeType: 'image/png', data: content } }],
						},
					},
				],
			}),
		],
		['its text', (content) => ({ text: `Here: ![it](data:image/png;base64,${content})` })],
	])('takes the image out of %s', async (_name, beside) => {
		const content = bytes.toString('base64');
		const result = await runWith(id, (answer) => withoutResults(answer, beside(content)));
		await expectImage(result);
		expect(kept(result)).not.toContain(content.slice(0, 60));
	});

	it('hands an image within the answer on without a download, too', async () => {
		const bend: Bend = (answer) => withResults(answer, () => bytes.toString('base64'));
		await expectImage(
			await runWith(id, bend, {
				parameters: imageParameters(id, 'generate', { options: { download: false } }),
			}),
		);
		const { id: taskId = '' } = sandbox.ledger.tasks[0] ?? {};
		await relay?.close();
		const got = await runWith(id, bend, { parameters: taskParameters(id, 'get', { taskId }) });
		expect(got.items[0]?.json).toMatchObject({
			state: 'succeeded',
			warnings: [expect.stringContaining('Task → Wait delivers it')],
		});
		expect(JSON.stringify(got.items)).not.toContain(bytes.toString('base64', 0, 60));
	});

	it.each<[string, object, string, RegExp]>([
		[
			'text_response',
			{ text_response: 'I need to know the colour first.' },
			'taskFailed',
			/: I need to know the colour first\. \[/,
		],
		[
			'content',
			{ content: 'Which banana do you mean?' },
			'taskFailed',
			/: Which banana do you mean\?/,
		],
		['a finish_reason', { finish_reason: 'IMAGE_OTHER' }, 'taskFailed', /: IMAGE_OTHER/],
		[
			'words of moderation',
			{ text: 'This request violates our content policies.' },
			'contentRejected',
			/moderation\): This request violates/,
		],
		[
			'a finish_reason of moderation',
			{ finish_reason: 'PROHIBITED_CONTENT' },
			'contentRejected',
			/PROHIBITED_CONTENT/,
		],
		['finishReason', { finishReason: 'SAFETY', text: '' }, 'contentRejected', /SAFETY/],
	])('fails at once with %s in the place of an image', async (_name, beside, code, message) => {
		const bend: Bend = (answer) => withoutResults(answer, beside as Record<string, unknown>);
		const { errorItems } = await runWith(id, bend);

		// The words are paid for, and another vendor asks the same model.
		expect(errorOf(errorItems[0])).toMatchObject({
			code,
			resumable: false,
			retryElsewhere: false,
		});
		expect(errorOf(errorItems[0])?.message).toMatch(message);
		const [task] = sandbox.ledger.tasks;
		expect(sandbox.ledger.tasks).toHaveLength(1);
		const ends = sandbox.ledger.polls.filter(({ state }) => state === 'succeeded');
		expect(ends).toHaveLength(1);

		await relay?.close();
		const got = await runWith(id, bend, {
			parameters: taskParameters(id, 'get', { taskId: task?.id ?? '' }),
		});
		expect(got.items[0]?.json.state).toBe('failed');
		expect(JSON.stringify(got.items[0]?.json.warnings)).toMatch(
			message.source.endsWith('\\[') ? /colour/ : message,
		);
	});

	it('waits for an image that is only late', async () => {
		sandbox.faults.add({ vendor: id, verb: 'getTask', fault: 'emptySuccess', times: 1 });
		const { items } = await runWorkflow({
			parameters: imageParameters(id, 'generate'),
			credentials: credentialFor(sandbox, id),
		});
		expect(items[0]?.binary?.data).toBeDefined();
	});

	it('does not buy words again at the next try', async () => {
		const { error } = await runWith(
			id,
			(answer) => withoutResults(answer, { text: 'Which banana do you mean?' }),
			{ onError: 'stopWorkflow', retryOnFail: true },
		);
		expect(error?.message).toContain('Which banana');
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});

describe.each(callingCases)('$vendor.displayName calls back', ({ id }) => {
	it('for an image within its answer, which is not saved while the execution is parked', async () => {
		sandbox.settings.taskDurationMs = ({ index }: { index: number }) => 1_000 + 1_500 * index;
		const content = bytes.toString('base64');
		const parked = await startParked({
			parameters: imageParameters(id, 'generate', {
				completion: 'callback',
				numberOfImages: 2,
				options: { completion: 'callback' },
			}),
			credentials: await credentials(id, (answer) => withResults(answer, () => content)),
		});
		try {
			const result = await parked.resumed;
			const images = Object.values(result.items[0]?.binary ?? {});
			expect(images.length).toBeGreaterThan(0);
			for (const image of images) {
				expect((await readBinary(image)).equals(bytes)).toBe(true);
			}
			expect(kept(result)).not.toContain(content.slice(0, 60));
		} finally {
			await parked.close();
		}
	});
});

describe('an image within the answer', () => {
	it('is refused where it is not one', async () => {
		const text = `data:image/png;base64,${Buffer.from('<html>no image at all</html>'.repeat(9)).toString('base64')}`;
		const { errorItems } = await runWith(plainVendor, (answer) => withResults(answer, () => text));
		expect(errorOf(errorItems[0])).toMatchObject({ code: 'downloadFailed', resumable: true });
		expect(JSON.stringify(errorItems)).not.toContain(text.slice(0, 60));
	});

	it('may be of another type, or small', async () => {
		const small = gif(3, 2);
		const { items } = await runWith(plainVendor, (answer) =>
			withResults(answer, () => small.toString('base64url')),
		);
		expect((await readBinary(items[0]?.binary?.data)).equals(small)).toBe(true);
		expect(items[0]?.binary?.data?.mimeType).toBe('image/gif');
	});

	it('is as large as an image of 4K is', async () => {
		const large = Buffer.concat([
			bytes.subarray(0, 33),
			Buffer.alloc(25_000_000, 7),
			bytes.subarray(33),
		]);
		// A chunk of its own, so that it is still a PNG.
		large.writeUInt32BE(25_000_000 - 12, 33);
		large.write('prVt', 37, 'latin1');
		const { items, errorItems } = await runWith(plainVendor, (answer) =>
			withResults(answer, () => large.toString('base64')),
		);
		expect(errorItems).toEqual([]);
		expect((await readBinary(items[0]?.binary?.data)).equals(large)).toBe(true);
	});
});
