import './harness/environment';

import type { Sandbox } from '../sandbox';
import { errorOf } from './harness/errorJson';
import { sandboxForFile } from './harness/sandboxForFile';
import { imageParameters, taskParameters, vendorCases } from './harness/vendors';

let sandbox: Sandbox;

const run = sandboxForFile({ taskDurationMs: 20, flatPictures: true }, (started) => {
	sandbox = started;
});

describe.each(vendorCases)('$vendor.displayName', ({ id }) => {
	describe.each(['wait', 'callback'] as const)('When to Continue: %s', (completion) => {
		it.each([604_801, 1e12, 1e30, '9'.repeat(400), 'Infinity'])(
			'refuses a Timeout of %s s before anything is bought',
			async (timeout) => {
				const { errorItems } = await run(id, {
					parameters: imageParameters(id, 'generate', {
						options: { completion, timeout: `={{ ${JSON.stringify(timeout)} }}` },
					}),
					onError: 'continueErrorOutput',
				});

				expect(errorOf(errorItems[0])).toMatchObject({ code: 'invalidRequest' });
				expect(errorOf(errorItems[0])?.message).toContain("'Timeout' is");
				expect(sandbox.ledger.requests).toEqual([]);
			},
		);
	});

	it.each(['submit', '={{ "sub" + "mit" }}'])(
		'goes on at once whatever the options say that are hidden then (%s)',
		async (completion) => {
			const { items, error } = await run(id, {
				parameters: imageParameters(id, 'generate', {
					options: {
						completion,
						timeout: '={{ 1e30 }}',
						pollInterval: '={{ "soon" }}',
						output: '={{ "item" + "PerInput" }}',
						binaryField: '={{ "" }}',
						download: '={{ false }}',
						fileName: '={{ $json.name }}',
					},
				}),
			});

			expect(error).toBeUndefined();
			expect(items.map(({ json }) => json.taskId)).toEqual([sandbox.ledger.tasks[0]?.id]);
		},
	);

	it('refuses it at Task → Wait, too', async () => {
		const { error } = await run(id, {
			parameters: taskParameters(id, 'wait', { taskId: 'a', options: { timeout: 1e15 } }),
		});

		expect(error?.message).toContain('at most 604800 (7 days)');
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it('takes the longest Timeout that there is', async () => {
		const { items } = await run(id, {
			parameters: imageParameters(id, 'generate', { options: { timeout: 604_800 } }),
		});

		expect(items[0]?.binary).toBeDefined();
	});

	it.each(['-', ' ', '. ', '😀', '\ud800', '/'])(
		'is not held up by a File Name of 50,000 times %j',
		async (piece) => {
			const { items, error } = await run(id, {
				parameters: imageParameters(id, 'generate', {
					options: { fileName: `={{ ${JSON.stringify(piece)}.repeat(50000) + "x" }}` },
				}),
			});

			expect(error).toBeUndefined();
			expect(items[0]?.binary?.data?.fileName?.length).toBeLessThan(300);
		},
	);
});
