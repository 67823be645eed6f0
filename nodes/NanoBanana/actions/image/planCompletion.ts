import type { IExecuteFunctions } from 'n8n-workflow';

import { refusalOfCallbackUrl } from '../../core/callbackAddress';
import { failed, success, type Outcome } from '../../core/failure';
import { textOf } from '../../core/tolerant';
import type { ImageVendor } from '../../core/vendor';
import { isAgentTool } from '../../platform/agentTool';
import { readOptions } from '../../platform/parameters';
import type { ItemPlan } from './planItem';
import { resumeAddress } from './resumeAddress';

/** Decides when the workflow goes on, and refuses what could not come about. */
export function planCompletion(
	context: IExecuteFunctions,
	itemIndex: number,
	asked: unknown,
	vendor: ImageVendor,
	baseUrl: string,
): Outcome<Pick<ItemPlan, 'completion' | 'callbackUrl'>> {
	if (asked === 'callback') {
		if (isAgentTool(context)) return noParkingForTools();
		const resumeUrl = context.evaluateExpression('{{ $execution.resumeUrl }}', itemIndex);
		const callbackUrl = resumeAddress(textOf(resumeUrl) ?? '');
		const refusal = refusalOfCallbackUrl(callbackUrl, vendor, baseUrl);
		return refusal === undefined
			? success({ completion: 'callback', callbackUrl })
			: failed(refusal);
	}
	if (asked !== 'submit') return success({ completion: 'wait', callbackUrl: undefined });
	// What is left in the options from another vendor, or was left empty, asks for nothing.
	const callbackUrl =
		vendor.callback === undefined
			? undefined
			: textOf(readOptions(context, itemIndex).callbackUrl)?.trim();
	const refusal =
		callbackUrl === undefined ? undefined : refusalOfCallbackUrl(callbackUrl, vendor, baseUrl);
	return refusal === undefined ? success({ completion: 'submit', callbackUrl }) : failed(refusal);
}

function noParkingForTools(): Outcome<never> {
	return failed({
		reason: 'unsupported',
		message: 'An agent cannot wait for a callback',
		hint: "Choose 'When the Image Is Ready' in 'When to Continue'.",
	});
}
