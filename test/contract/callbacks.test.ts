import fc from 'fast-check';

import { vendors } from '../../nodes/NanoBanana/vendors';
import { harnessOf } from './harness';
import { jsonBody } from './harness/wire';
import { submitInput } from './support';

const callbackUrl = 'https://n8n.example/webhook-waiting/7?signature=abc';
const able = vendors.flatMap((vendor) =>
	vendor.callback === undefined ? [] : [{ ...vendor, callback: vendor.callback }],
);

it('SkillBoss and Apikley are the vendors that call back', () => {
	expect(able.map(({ id }) => id)).toEqual(['skillBoss', 'apikley']);
	expect(able.map(({ callback }) => callback.needsHttps)).toEqual([true, false]);
});

it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
	'%s is told where to call back only where it can, and only when it shall',
	(id, vendor) => {
		const { callbackField } = harnessOf(id);
		const told = vendor.submit({ ...submitInput(), callbackUrl }).request;
		const untold = vendor.submit(submitInput()).request;
		expect(JSON.stringify(untold)).not.toMatch(/webhook|call_?back/i);
		if (callbackField === undefined) expect(told).toEqual(untold);
		else expect(jsonBody(told)).toEqual({ ...jsonBody(untold), [callbackField]: callbackUrl });
	},
);

describe.each(able.map((vendor) => [vendor.id, vendor] as const))(
	'a delivery of %s',
	(id, vendor) => {
		const { callback } = harnessOf(id);

		it('names its task', () => {
			expect(vendor.callback.readTaskId({ body: callback?.('task-1'), query: {} }, [])).toBe(
				'task-1',
			);
		});

		it('may be anything: then it names none', () => {
			for (const body of [
				undefined,
				null,
				'',
				'text',
				[],
				{},
				{ data: null },
				{ request_id: {} },
			]) {
				expect(vendor.callback.readTaskId({ body, query: {} }, [])).toBeUndefined();
			}
			fc.assert(
				fc.property(fc.anything(), (body) => {
					const taskId = vendor.callback.readTaskId({ body, query: {} }, []);
					expect(taskId === undefined || typeof taskId === 'string').toBe(true);
				}),
			);
		});
	},
);
