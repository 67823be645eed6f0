import type { INodeCredentialDescription, INodeProperties } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import { describeVendor } from './modelChoices';

/** The choice of vendor and the credential that follows it, for a node that works with these vendors. */

export function vendorParameter(
	group: readonly ImageVendor[],
	description: string,
): INodeProperties {
	const firstVendor = group[0]?.id ?? '';
	return {
		displayName: 'Vendor',
		name: 'vendor',
		type: 'options',
		// The vendor decides which credential is shown, and n8n can follow only a fixed value.
		noDataExpression: true,
		options: group
			.map((vendor) => ({
				name: vendor.displayName,
				value: vendor.id,
				description: describeVendor(vendor),
			}))
			.sort((one, other) => one.name.localeCompare(other.name)),
		default: firstVendor,
		description,
	};
}

/** The place of the credential in the panel, since n8n takes a parameter of this type for it. */
export const credentialPlace: INodeProperties = {
	displayName: '',
	name: 'credentials',
	type: 'credentials',
	default: '',
};

/**
 * One credential for each vendor, hidden with all others. With the opposite condition (shown with its
 * vendor) the editor of n8n 2 takes the vendor for a choice between ways to sign in, hides it, and offers
 * all of them.
 */
export function vendorCredentials(group: readonly ImageVendor[]): INodeCredentialDescription[] {
	return group.map((vendor) => ({
		name: vendor.credentialType,
		required: true,
		displayOptions: {
			hide: { vendor: group.filter((other) => other !== vendor).map(({ id }) => id) },
		},
	}));
}
