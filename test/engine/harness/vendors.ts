import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';

import type { ImageVendor } from '../../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../../nodes/NanoBanana/vendors';
import { vendorIds, type Sandbox, type VendorId } from '../../sandbox';

/**
 * A published limit over all requests of a key would make the tests of its vendor wait for one another:
 * the tests that are about it give it back for themselves.
 */
export const requestLimits = new Map(vendors.map((vendor) => [vendor.id, vendor.requestLimit]));
for (const vendor of vendors) setRequestLimit(vendor, undefined);

export function setRequestLimit(vendor: ImageVendor, limit: ImageVendor['requestLimit']): void {
	Object.assign(vendor, { requestLimit: limit });
}

/** Every vendor of the registry with the id that the sandbox knows it by. */
export const vendorCases: ReadonlyArray<{ readonly id: VendorId; readonly vendor: ImageVendor }> =
	vendors.map((vendor) => {
		const id = vendorIds.find((candidate) => candidate === vendor.id);
		if (id === undefined) throw new Error(`The sandbox does not play ${vendor.id}`);
		return { id, vendor };
	});

/** Those that call back. */
export const callingCases = vendorCases.flatMap(({ id, vendor }) =>
	vendor.callback === undefined ? [] : [{ id: id, vendor }],
);

/** The vendor's credential, pointing at the sandbox. */
export function credentialFor(
	sandbox: Sandbox,
	id: VendorId,
	changes: ICredentialDataDecryptedObject = {},
): Record<string, ICredentialDataDecryptedObject> {
	const vendor = vendorCases.find((entry) => entry.id === id)?.vendor;
	if (vendor === undefined) throw new Error(`No vendor ${id}`);
	const data = { apiKey: 'sandbox-key', baseUrl: sandbox.baseUrl(id), ...changes };
	return { [vendor.credentialType]: data };
}

/** Parameters of an `image` operation that polls quickly, as tests want it. */
export function imageParameters(
	vendor: VendorId,
	operation: 'generate' | 'edit',
	changes: INodeParameters = {},
): INodeParameters {
	const { options, ...others } = changes;
	return {
		vendor,
		resource: 'image',
		operation,
		prompt: 'A banana on the moon',
		...others,
		options: { pollInterval: 0.1, ...(options as INodeParameters | undefined) },
	};
}

/** Parameters of a `task` operation. */
export function taskParameters(
	vendor: VendorId,
	operation: 'get' | 'wait' | 'cancel',
	changes: INodeParameters = {},
): INodeParameters {
	const { options, ...others } = changes;
	return {
		vendor,
		resource: 'task',
		operation,
		taskId: '={{ $json.taskId ?? $json.error?.taskId }}',
		...others,
		...(operation === 'cancel'
			? {}
			: {
					options: {
						...(operation === 'wait' ? { pollInterval: 0.1 } : {}),
						...(options as INodeParameters | undefined),
					},
				}),
	};
}
