import fc from 'fast-check';

import type { ApiRequest } from '../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import { jsonBody } from './wire';
import { submitInput } from './support';

const callbackUrl = 'https://n8n.example/webhook-waiting/7?signature=abc';
const able = vendors.flatMap((vendor) =>
	vendor.callback === undefined ? [] : [{ ...vendor, callback: vendor.callback }],
);

it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
	'%s calls back where its page says so, to addresses that it says',
	(id, vendor) => {
		const documented = testedVendor(id).facts.abilities.callback;
		expect(vendor.callback?.needsHttps).toBe(documented?.needsHttps);
	},
);

it.each(vendors.map((vendor) => [vendor.id, vendor] as const))(
	'%s is told where to call back only where it can, and only when it shall',
	(id, vendor) => {
		const { callbackField, callbackIsQuery } = testedVendor(id).facts;
		const told = vendor.submit({ ...submitInput(), callbackUrl }).request as ApiRequest;
		const untold = vendor.submit(submitInput()).request as ApiRequest;
		expect(JSON.stringify(untold)).not.toMatch(/webhook|call_?back/i);
		if (callbackField === undefined) expect(told).toEqual(untold);
		else if (callbackIsQuery === true) {
			expect(told).toEqual({ ...untold, query: { ...untold.query, [callbackField]: callbackUrl } });
		} else expect(jsonBody(told)).toEqual({ ...jsonBody(untold), [callbackField]: callbackUrl });
	},
);

describe.each(able.map((vendor) => [vendor.id, vendor] as const))(
	'a delivery of %s',
	(id, vendor) => {
		const { callback } = testedVendor(id).harness;

		it('names its task', () => {
			const nothing = { body: undefined, query: {} };
			const tasks = ['some-model.task-1', 'some-model.task-2'];
			expect(vendor.callback.readTaskId(callback?.(tasks[1]!) ?? nothing, tasks)).toBe(tasks[1]);
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
