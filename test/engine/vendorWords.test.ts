import './harness/environment';

import type { Sandbox, VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { startRelay, type Bend, type Relay } from './harness/relay';
import { runWorkflow } from './harness/runWorkflow';
import { sandboxForFile } from './harness/sandboxForFile';
import { credentialFor, imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;
let relay: Relay | undefined;

afterEach(async () => {
	await relay?.close();
	relay = undefined;
});
sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

/** What the sandbox says of a task that has failed. */
const usualWords = 'The image could not be generated';

async function errorWith(id: VendorId, bend: Bend, prompt: string, taskId?: string) {
	relay = await startRelay(sandbox, bend);
	const { errorItems } = await runWorkflow({
		parameters:
			taskId === undefined
				? imageParameters(id, 'generate', { prompt })
				: taskParameters(id, 'wait', { taskId }),
		credentials: credentialFor(sandbox, id, { baseUrl: relay.baseUrl(id) }),
		onError: 'continueErrorOutput',
	});
	await relay.close();
	return errorOf(errorItems[0]);
}

function saying(words: string): Bend {
	// Within JSON that is a text of JSON, too.
	return (answer) => ({
		...answer,
		text: answer.text.replaceAll(usualWords, JSON.stringify(words).slice(1, -1)),
	});
}

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it.each([
		'The input was flagged as sensitive',
		'The request was rejected',
		'violating content policies',
		'not possible due to copyright restrictions',
		'PROHIBITED_CONTENT',
		'finish reason: IMAGE_SAFETY',
	])('refuses content with "%s"', async (words) => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskFails' });
		expect(await errorWith(id, saying(words), 'A banana')).toMatchObject({
			code: 'contentRejected',
			message: expect.stringContaining(words),
			resumable: false,
			retryElsewhere: false,
		});
	});

	it.each([
		['a worker in a yellow safety vest', 'no worker for "a worker in a yellow safety vest"'],
		[
			'A poster: "content policy violation",\nin red letters',
			'E7 {"prompt":"A poster: \\"content policy violation\\",\\nin red letters"}',
		],
		[
			'a robot that was flagged as sensitive by its maker, and its dog',
			'timeout at: A robot that was flagged as sensitive by its ma…',
		],
	])('does not take %j for moderation where it is repeated', async (prompt, words) => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'taskFails' });
		expect(await errorWith(id, saying(words), prompt)).toMatchObject({
			code: 'taskFailed',
			retryElsewhere: true,
		});
	});

	it('shows the places and the words of a list of errors', async () => {
		const list = [
			{ loc: ['body', 'input', 'prompt'], msg: 'field required', type: 'missing' },
			{ loc: ['body', 'images', 0], msg: 'not a URL', type: 'url' },
		];
		const error = await errorWith(
			id,
			() => ({
				status: 422,
				headers: { 'content-type': 'application/json' },
				text: JSON.stringify({ detail: list }),
			}),
			'A banana',
		);
		expect(error?.message).toContain('body.input.prompt: field required; body.images.0: not a URL');
	});

	it('shows the title of a page once', async () => {
		const title = '504 Gateway Time-out';
		const error = await errorWith(
			id,
			() => ({
				status: 504,
				headers: { 'content-type': 'text/html' },
				text: `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center></body></html>`,
			}),
			'A banana',
		);
		expect(error?.message.split(title)).toHaveLength(2);
	});
});
