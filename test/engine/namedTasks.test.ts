import './harness/environment';

import { shortenPatience } from '../faults/patience';
import type { FaultSpecification, Sandbox, VendorId } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, vendorCases } from './harness/vendors';

/** An answer that names a task is a taken task, and what came whole counts. */

beforeAll(shortenPatience);

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

type Trouble = Omit<FaultSpecification, 'vendor' | 'verb' | 'match'>;

const named: readonly Trouble[] = [
	{ fault: 'idBesideError' },
	{ fault: 'idBesideError', message: 'invalid api key, another one was used' },
	{ fault: 'idBesideError', code: '422' },
	{ fault: 'idBesideRefusal' },
	{ fault: 'idBesideRefusal', status: 200 },
	{ fault: 'idBesideRefusal', status: 302 },
	{ fault: 'idBesideRefusal', status: 409 },
	{ fault: 'idBesideRefusal', status: 422 },
	{ fault: 'idBesideRefusal', status: 429 },
	{ fault: 'idInServerError' },
	{ fault: 'idInServerError', status: 503 },
	{ fault: 'idInServerError', message: 'blocked by the safety filter' },
	{ fault: 'answerInList' },
];

const whole: readonly Trouble[] = [
	{ fault: 'droppedAfterAnswer' },
	{ fault: 'hangAfterAnswer' },
	{ fault: 'byteOrderMark' },
];

async function runWith(id: VendorId, verb: 'submit' | 'getTask', troubles: readonly Trouble[]) {
	const items = troubles.map((trouble, index) => {
		const prompt = `trouble ${index}.`;
		// A poll that is not read is only sent again, so there it strikes each time, but where that takes long.
		const isOnce = verb === 'submit' || trouble.fault === 'hangAfterAnswer';
		const times = isOnce ? { times: 1 } : {};
		sandbox.faults.add({ vendor: id, verb, match: { prompt }, ...times, ...trouble });
		return { json: { prompt, trouble: JSON.stringify(trouble) } };
	});
	return await run(id, {
		parameters: imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}' }),
		items,
		onError: 'continueErrorOutput',
	});
}

function expectAllMade(id: VendorId, { items, errorItems }: Awaited<ReturnType<typeof run>>) {
	expect(errorItems.map(({ json }) => [json.trouble, errorOf({ json })?.message])).toEqual([]);
	for (const { json } of items) {
		expect(json.taskId).toBe(sandbox.ledger.tasks.find(({ prompt }) => prompt === json.prompt)?.id);
	}
	expect(sandbox.ledger.tasks).toHaveLength(items.length);
	expect(sandbox.ledger.requestsOf('submit', id)).toHaveLength(items.length);
}

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	it('takes a task that is named beside an error', async () => {
		const result = await runWith(id, 'submit', named);

		expectAllMade(id, result);
		expect(result.items).toHaveLength(named.length);
	});

	it('tells the id of a task whose answer is not JSON, and buys nothing again', async () => {
		sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'textBehind' });

		const { errorItems } = await run(id, {
			parameters: imageParameters(id, 'generate'),
			onError: 'continueErrorOutput',
		});

		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(errorOf(errorItems[0])).toMatchObject({
			code: 'submitUnknown',
			message: expect.stringContaining(`"${sandbox.ledger.tasks[0]?.id}"`),
			retryElsewhere: false,
		});
	});

	it('takes a task whose answer came whole, whatever became of the connection', async () => {
		const result = await runWith(id, 'submit', whole);

		expectAllMade(id, result);
		expect(result.items).toHaveLength(whole.length);
	});

	it('reads a state that came whole, at every poll', async () => {
		const result = await runWith(id, 'getTask', whole);

		expectAllMade(id, result);
		expect(result.items).toHaveLength(whole.length);
	});
});
