import { request } from 'undici';
import type { Sandbox } from '.';
import type { TaskRecord } from './ledger';
import type { VendorId } from './types';

/** The vendors of the sandbox that call back. */
export type CallingVendorId = Extract<VendorId, 'skillBoss' | 'apikley'>;

/** Buys a task as any other program would, with an address to call back in it. */
export async function submitTask(
	sandbox: Sandbox,
	vendor: CallingVendorId,
	prompt: string,
	callbackUrl?: string,
): Promise<TaskRecord> {
	const { path, body } = submits[vendor](prompt, callbackUrl);
	const { status, text } = await postJson(sandbox.baseUrl(vendor) + path, body, {
		authorization: `Bearer ${sandbox.settings.apiKey}`,
	});
	const task = sandbox.ledger.tasks.findLast((each) => each.prompt === prompt);
	if (status !== 200 || task === undefined) {
		throw new Error(`${vendor} refused the task "${prompt}": ${status} ${text}`);
	}
	return task;
}

/** A delivery in the vendor's shape, which anybody could send. */
export function deliveryOf(vendor: CallingVendorId, taskId: string): unknown {
	return vendor === 'skillBoss'
		? { request_id: taskId, status: 'OK', payload: { generated_images: [] }, error: null }
		: { code: 200, msg: 'success', data: { taskId, state: 'success', resultJson: '' } };
}

/** Posts JSON and answers with what came back. */
export async function postJson(
	url: string,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
	const answer = await request(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
	});
	return { status: answer.statusCode, text: await answer.body.text() };
}

type Submit = (prompt: string, callbackUrl?: string) => { path: string; body: unknown };

const submits: Record<CallingVendorId, Submit> = {
	// JSON leaves out what is undefined.
	skillBoss: (prompt, webhook_url) => ({
		path: '/v1/run',
		body: {
			model: 'google/gemini-3-pro-image',
			async: true,
			inputs: { prompt, image_urls: [] },
			webhook_url,
		},
	}),
	apikley: (prompt, callBackUrl) => ({
		path: '/api/v1/jobs/createTask',
		body: {
			model: 'nano-banana-pro',
			callBackUrl,
			input: {
				prompt,
				image_input: [],
				aspect_ratio: '1:1',
				resolution: '1K',
				output_format: 'png',
			},
		},
	}),
};
