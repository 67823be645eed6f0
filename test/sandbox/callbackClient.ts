import { request } from 'undici';
import type { Sandbox } from '.';
import { testedVendor } from '../vendors';
import { submit } from './client';
import type { TaskRecord } from './ledger';
import type { VendorId } from './types';

/** Buys a task as any other program would, with an address to call back in it. */
export async function submitTask(
	sandbox: Sandbox,
	vendor: VendorId,
	prompt: string,
	callbackUrl?: string,
): Promise<TaskRecord> {
	const { status, bytes } = await submit(sandbox, vendor, prompt, {
		...(callbackUrl !== undefined && { callbackUrl }),
		sending: { key: sandbox.settings.apiKey },
	});
	const task = sandbox.ledger.tasks.findLast((each) => each.prompt === prompt);
	if (status !== 200 || task === undefined) {
		throw new Error(`${vendor} refused the task "${prompt}": ${status} ${bytes.toString('utf8')}`);
	}
	return task;
}

/** Posts a delivery in the vendor's shape, as anybody could. */
export async function postDelivery(
	url: string,
	vendor: VendorId,
	taskId: string,
): Promise<{ status: number; text: string }> {
	const { delivery } = testedVendor(vendor).client;
	if (delivery === undefined) throw new Error(`${vendor} does not call back`);
	const { body, query } = delivery(taskId);
	const address = new URL(url);
	for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
	return await postJson(address.href, body);
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
