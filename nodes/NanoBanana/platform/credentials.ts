import type { ICredentialDataDecryptedObject, ICredentialsDecrypted } from 'n8n-workflow';

import { readAccess, type VendorAccess } from '../core/credential';
import { failed, success, type Failure, type Outcome } from '../core/failure';
import type { ImageVendor } from '../core/vendor';
import { cleanText } from '../core/text';
import type { NodeContext } from './nodeContext';
import { messageOf } from './nodeErrors';

/** A credential as it was when the run began. */
export interface PinnedCredential {
	readonly access: VendorAccess;
	/**
	 * For one request: n8n would read the credential anew for each, and it writes into the object that
	 * it is given, so each gets a copy of its own.
	 */
	copy(): ICredentialsDecrypted;
}

/** Reads the credential of the node, or says what is wrong with it before anything is sent. */
export async function openCredential(
	context: NodeContext,
	{ credentialType: type, displayName }: ImageVendor,
): Promise<Outcome<PinnedCredential>> {
	const chosen = context.getNode().credentials?.[type];
	let data: ICredentialDataDecryptedObject;
	try {
		data = await context.getCredentials(type);
	} catch (error) {
		return failed(unreadable(displayName, chosen?.name, messageOf(error)));
	}
	const access = readAccess(displayName, data);
	if (!access.ok) return access;
	const pinned = structuredClone({ ...data, ...access.value });
	return success({
		access: access.value,
		copy: () => ({
			id: chosen?.id ?? '',
			name: chosen?.name ?? displayName,
			type,
			data: structuredClone(pinned),
		}),
	});
}

/** n8n names a deleted credential by its id, which means nothing to a user. */
const isGone = /not exist|not found|not be found|no longer/i;

function unreadable(vendorName: string, name: string | undefined, message: string): Failure {
	if (name === undefined) {
		return {
			reason: 'authentication',
			message: `No ${vendorName} credential is chosen`,
			hint: 'Choose or create a credential in this node.',
		};
	}
	const quoted = `The ${vendorName} credential "${cleanText(name)}"`;
	if (isGone.test(message)) {
		return {
			reason: 'authentication',
			message: `${quoted} was deleted, or can no longer be used here`,
			hint: 'Choose another credential of the same account in this node. Task → Wait can then download the images of earlier tasks.',
		};
	}
	return {
		reason: 'authentication',
		message: `${quoted} could not be opened: ${cleanText(message)}`,
		hint: 'Open the credential, save it again and test it.',
	};
}
