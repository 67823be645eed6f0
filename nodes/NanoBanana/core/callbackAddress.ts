import type { Failure } from './failure';
import { addressKind, parseHttpUrl } from './urls';
import type { ImageVendor } from './vendor';

/**
 * Refuses an address that a vendor could not call, before anything is spent on the task. A vendor whose own
 * base URL is local (a relay, the sandbox) can reach a local n8n as well.
 */
export function refusalOfCallbackUrl(
	address: string,
	vendor: ImageVendor,
	baseUrl: string,
): Failure | undefined {
	const { callback, displayName } = vendor;
	if (callback === undefined) {
		return {
			reason: 'unsupported',
			message: `${displayName} does not call back when an image is done`,
			hint: "Choose 'When the Image Is Ready' in 'When to Continue', or a vendor that calls back.",
		};
	}
	const url = parseHttpUrl(address);
	if (url === undefined) {
		return {
			reason: 'invalidRequest',
			message: "'Callback URL' is not a valid URL",
			hint: 'Give a full URL that starts with https://, for instance the production URL of a Nano Banana Trigger.',
		};
	}
	if (addressKind(new URL(baseUrl)) !== 'public') return undefined;
	if (addressKind(url) !== 'public') {
		return unreachable(
			vendor,
			`${url.origin} is an address that works only inside its own network`,
		);
	}
	if (callback.needsHttps && url.protocol !== 'https:') {
		return unreachable(vendor, `it calls back over https only, and ${url.origin} is plain http`);
	}
	return undefined;
}

function unreachable({ displayName }: ImageVendor, reason: string): Failure {
	return {
		reason: 'invalidRequest',
		message: `${displayName} could not call back: ${reason}`,
		hint: "Give this n8n a public https URL (WEBHOOK_URL), or choose 'When the Image Is Ready' in 'When to Continue'. Nothing was submitted.",
	};
}
