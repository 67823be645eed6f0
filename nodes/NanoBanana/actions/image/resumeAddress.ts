import { parseHttpUrl } from '../../core/urls';

/**
 * The last part of the addresses that vendors call. n8n finds the node that an execution waits at by
 * method and path alone: without a path of its own a late or repeated call would also let a following
 * Wait node go on.
 */
export const resumePath = 'nano-banana';

/** Where a vendor is to call; '' where n8n has no usable address. The token of n8n's own URL stays in it. */
export function resumeAddress(resumeUrl: string): string {
	const url = parseHttpUrl(resumeUrl);
	if (url === undefined) return '';
	url.pathname = `${url.pathname}/${resumePath}`;
	return url.toString();
}
