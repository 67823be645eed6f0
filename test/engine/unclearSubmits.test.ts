import './harness/environment';

import {
	faultApplies,
	type FaultName,
	type FaultSpecification,
	type Sandbox,
	type VendorId,
} from '../sandbox';
import { testedVendor, testedVendors } from '../vendors';
import { errorOf } from './harness/errorJson';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, vendorCases } from './harness/vendors';

/**
 * A submit is certainly not taken where no connection was made, and after a refusal that the vendor
 * documents, in the vendor's own shape. After everything else it is not known.
 */

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 50, flatPictures: true }, (started) => {
	sandbox = started;
});

type Trouble = Pick<FaultSpecification, 'fault' | 'message' | 'code' | 'status'>;

const redirects: readonly Trouble[] = [
	{ fault: 'redirect301' },
	{ fault: 'redirect302' },
	{ fault: 'redirect303' },
	{ fault: 'notModified304' },
	{ fault: 'apiRedirect' },
	{ fault: 'redirect308' },
];

const foreignShapes: readonly Trouble[] = [
	{ fault: 'badRequestHtml' },
	{ fault: 'unauthorizedHtml' },
	{ fault: 'paymentHtml' },
	{ fault: 'forbiddenHtml' },
	{ fault: 'notFoundHtml' },
	{ fault: 'rateLimitedHtml' },
	{ fault: 'forbiddenElsewhere' },
	{ fault: 'unauthorizedElsewhere' },
	{ fault: 'unavailableHtml' },
];

const words: readonly Trouble[] = [
	{ fault: 'wordsOfKey' },
	{ fault: 'wordsOfParameter' },
	{ fault: 'wordsOfCredit' },
	{ fault: 'wordsOfModeration' },
	{ fault: 'wordsOfUnknownTask' },
	...[
		'upstream timed out: invalid token count, requeued',
		'provider said 401 Unauthorized, the next key is tried',
		'permission denied for bucket eu-1, falling back',
		'the queue is blocked, your job waits',
		'conflict while locking the row; the run was created',
		'prompt is required to be translated first: missing worker',
		'Not authenticated',
		'Insufficient credits',
	].map((message): Trouble => ({ fault: 'wordsOfKey', message })),
];

/** Codes that a vendor documents with an HTTP status of its own, at HTTP 200. */
const withCodes = (id: VendorId): readonly Trouble[] =>
	testedVendor(id).facts.codesAtSuccess.unclear.map((code) => ({
		fault: 'wordsOfKey',
		message: 'no',
		code,
	}));

/** One item for each trouble, known by its prompt. */
function arrange(id: VendorId, troubles: readonly Trouble[], verb: 'submit' | 'getTask') {
	return troubles.map((trouble, index) => {
		const prompt = `trouble ${index}.`;
		sandbox.faults.add({
			vendor: id,
			verb,
			times: 1,
			match: { prompt },
			...trouble,
			...(verb === 'submit' ? { taken: true } : {}),
		});
		return { json: { prompt, trouble: JSON.stringify(trouble) } };
	});
}

const parameters = (id: VendorId) =>
	imageParameters(id, 'generate', { prompt: '={{ $json.prompt }}' });

const submitsFor = (id: VendorId, prompt: unknown) =>
	sandbox.ledger
		.requestsOf('submit', id)
		.filter(({ body }) => JSON.stringify(body).includes(String(prompt)));

const tasksFor = (prompt: unknown) =>
	sandbox.ledger.tasks.filter((task) => task.prompt === String(prompt));

describe.each(vendorCases)('$vendor.displayName', ({ id, vendor }) => {
	describe.each([
		['redirects', redirects],
		['a documented status in a foreign shape', foreignShapes],
		['words at HTTP 200', words],
		['codes at HTTP 200', withCodes(id)],
	])('%s', (_kind, troubles) => {
		it('leaves a submit unclear: it is not sent again, and nobody else is asked', async () => {
			const items = arrange(id, troubles, 'submit');

			const { items: made, errorItems } = await run(id, {
				parameters: parameters(id),
				items,
				onError: 'continueErrorOutput',
			});

			// Under its key the same submit may go out again, and finds the task that was taken.
			if (!vendor.submitIsIdempotent) expect(made).toHaveLength(0);
			expect(made.length + errorItems.length).toBe(troubles.length);
			for (const { json } of errorItems) {
				expect({ trouble: json.trouble, ...errorOf({ json }) }).toMatchObject({
					trouble: json.trouble,
					code: 'submitUnknown',
					retryElsewhere: false,
					resumable: false,
				});
			}
			for (const { json } of items) {
				const submits = submitsFor(id, json.prompt);
				const keys = new Set(submits.map(({ headers }) => headers['idempotency-key']));
				expect([json.trouble, keys.size]).toEqual([json.trouble, 1]);
				if (!vendor.submitIsIdempotent)
					expect([json.trouble, submits.length]).toEqual([json.trouble, 1]);
				expect([json.trouble, tasksFor(json.prompt).length]).toEqual([json.trouble, 1]);
			}
		});

		it('is not bought again by Retry On Fail', async () => {
			const items = arrange(id, troubles, 'submit');

			await run(id, { parameters: parameters(id), items, retryOnFail: true });

			for (const { json } of items) {
				expect([json.trouble, tasksFor(json.prompt).length <= 1]).toEqual([json.trouble, true]);
			}
		});
	});

	it('at a poll, none of it ends the wait for a paid task', async () => {
		const troubles = [...redirects, ...foreignShapes, ...words, ...withCodes(id)];
		const items = arrange(id, troubles, 'getTask');

		const { items: made, errorItems } = await run(id, {
			parameters: parameters(id),
			items,
			onError: 'continueErrorOutput',
		});

		expect(errorItems.map(({ json }) => [json.trouble, errorOf({ json })?.message])).toEqual([]);
		expect(made).toHaveLength(troubles.length);
		expect(sandbox.ledger.tasks).toHaveLength(troubles.length);
	});

	it('believes what it documents: another vendor may be asked', async () => {
		const documented: readonly FaultName[] = [
			'unauthorized',
			'insufficientCredit',
			'badRequest',
			'forbidden',
			'conflict',
		];
		const refusals = documented.filter((fault) => faultApplies(fault, id, 'submit'));
		const items = refusals.map((fault) => {
			sandbox.faults.add({ vendor: id, verb: 'submit', fault, match: { prompt: `${fault}.` } });
			return { json: { prompt: `${fault}.` } };
		});

		const { errorItems } = await run(id, {
			parameters: parameters(id),
			items,
			onError: 'continueErrorOutput',
		});

		expect(errorItems).toHaveLength(refusals.length);
		for (const { json } of errorItems) {
			expect({ prompt: json.prompt, ...errorOf({ json }) }).toMatchObject({
				prompt: json.prompt,
				retryElsewhere: true,
				resumable: false,
			});
			expect(errorOf({ json })?.code).not.toBe('submitUnknown');
		}
		expect(sandbox.ledger.tasks).toHaveLength(0);
	});
});

it.each(
	testedVendors.flatMap(({ facts }) =>
		(facts.codesAtSuccess.believed ?? []).map(([code, means]) => [facts.id, code, means] as const),
	),
)('%s: believes the number %s at HTTP 200', async (id, code, expected) => {
	sandbox.faults.add({ vendor: id, verb: 'submit', fault: 'wordsOfKey', message: 'no', code });

	const { errorItems } = await run(id, {
		parameters: parameters(id),
		items: [{ json: { prompt: 'one' } }],
		onError: 'continueErrorOutput',
	});

	expect(errorOf(errorItems[0])).toMatchObject({ code: expected, retryElsewhere: true });
});
