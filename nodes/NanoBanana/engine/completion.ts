import type { IDataObject } from 'n8n-workflow';

import { refusalOfCallbackUrl } from '../core/callbackAddress';
import { failed, success, type Failure, type Outcome } from '../core/failure';
import type { OrderSettings } from '../core/order';
import { textOf } from '../core/tolerant';
import { quoted } from '../core/typedValues';
import { parseHttpUrl } from '../core/urls';
import type { ImageVendor } from '../core/vendor';
import { completions } from '../core/words';
import { isAgentTool } from '../platform/agentTool';
import { completionOf } from '../platform/parameters';
import type { Run } from './run';

/**
 * The last part of the addresses that vendors call. n8n finds the node that an execution waits at by
 * method and path alone: without a path of its own a late or repeated call would also let a following
 * Wait node go on.
 */
export const resumePath = 'nano-banana';

type Completion = Pick<OrderSettings, 'completion' | 'callbackUrl'>;

/** Decides by the options of an item when the workflow continues, and refuses a callback that could never arrive. */
export function planCompletion(
	{ context, vendor, client }: Run,
	itemIndex: number,
	{ completion: asked, callbackUrl: typedUrl }: IDataObject,
): Outcome<Completion> {
	const completion = completionOf(asked);
	if (completion === undefined) return failed(unknownCompletion(asked, vendor));
	if (completion === 'callback') {
		if (isAgentTool(context)) return failed(noParkingForTools);
		const resumeUrl = context.evaluateExpression('{{ $execution.resumeUrl }}', itemIndex);
		const callbackUrl = resumeAddress(textOf(resumeUrl) ?? '');
		const refusal = refusalOfCallbackUrl(callbackUrl, vendor, client.baseUrl);
		return refusal === undefined
			? success({ completion: 'callback', callbackUrl })
			: failed(refusal);
	}
	if (completion === 'wait') return success({ completion });
	// A URL that is left over from another vendor, or is empty, asks for nothing.
	const typed = textOf(typedUrl)?.trim();
	const callbackUrl = vendor.callback === undefined ? undefined : typed;
	if (callbackUrl === undefined) return success({ completion: 'submit' });
	const refusal = refusalOfCallbackUrl(callbackUrl, vendor, client.baseUrl);
	// The parsed URL, so that the checked URL and the sent one are the same.
	return refusal === undefined
		? success({ completion: 'submit', callbackUrl: new URL(callbackUrl).toString() })
		: failed(refusal);
}

function unknownCompletion(asked: unknown, { callback }: ImageVendor): Failure {
	const offered = completions.filter((each) => each !== 'callback' || callback !== undefined);
	return {
		reason: 'invalidRequest',
		message: `'When to Continue' is ${quoted(asked)}, but it can only be one of: ${offered.join(', ')}`,
		hint: 'Correct its expression, or choose from the list.',
	};
}

const noParkingForTools: Failure = {
	reason: 'unsupported',
	message: 'An agent cannot wait for a callback',
	hint: "Choose 'When the Image Is Ready' in 'When to Continue'.",
};

/** The address that a vendor calls; '' where n8n has no usable one. It keeps the token of n8n's own URL. */
function resumeAddress(resumeUrl: string): string {
	const url = parseHttpUrl(resumeUrl);
	if (url === undefined) return '';
	url.pathname = `${url.pathname}/${resumePath}`;
	return url.toString();
}
