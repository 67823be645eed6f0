import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Clock } from '../../nodes/NanoBanana/core/clock';
import { failed, hintOf, type Failure, type Outcome } from '../../nodes/NanoBanana/core/failure';
import { connectionFailure } from '../../nodes/NanoBanana/core/retryPolicy';
import { isTerminal, type TaskSnapshot } from '../../nodes/NanoBanana/core/task';
import { cleanText } from '../../nodes/NanoBanana/core/text';
import type {
	ImageVendor,
	Exchange as VendorExchange,
	VendorRequest,
	VendorResponse,
} from '../../nodes/NanoBanana/core/vendor';
import { waitForTask } from '../../nodes/NanoBanana/core/waitForTask';
import { LiveClient, NoAnswer, type DownloadedPicture } from './client';
import { defaultBaseUrl, keyTestRequest, objectionToKey } from './keyTest';
import { cutFromJson } from './secrets';
import type { Evidence, Exchange, LiveVendor, Step } from './types';

export interface RunOptions {
	readonly vendor: ImageVendor;
	readonly live: LiveVendor;
	readonly apiKey: string;
	readonly baseUrl: string;
	readonly spend: boolean;
	/** 0 leaves it to the schedule of the node. */
	readonly pollIntervalMs: number;
	readonly timeoutMs: number;
	/** Cuts the key out of a text. */
	readonly cut: (text: string) => string;
	readonly say: (line: string) => void;
}

export interface RunResult {
	readonly evidence: Evidence;
	readonly picture?: DownloadedPicture;
	/** What kept the check from going on, in lines for the user. */
	readonly trouble: readonly string[];
}

/** In no form of a key, so that no vendor takes it for one of its own. */
const madeUpKey = 'made-up-key-of-the-live-check';
const prompt = 'A yellow banana on a white table';

const clock: Clock = {
	now: Date.now,
	random: Math.random,
	sleep: async (milliseconds) => {
		await sleep(milliseconds);
	},
};

/** Asks the vendor all that costs nothing, and with `spend` for one image. */
export async function runCheck(options: RunOptions): Promise<RunResult> {
	const client = new LiveClient(options.baseUrl, options.live.credential);
	try {
		return await new Check(options, client).run();
	} finally {
		await client.close();
	}
}

class Check {
	readonly #exchanges: Exchange[] = [];

	readonly #trouble: string[] = [];

	#picture: DownloadedPicture | undefined;

	#missing = 'needs --spend';

	constructor(
		private readonly options: RunOptions,
		private readonly client: LiveClient,
	) {}

	async run(): Promise<RunResult> {
		try {
			if (await this.#proveKey()) {
				await this.#askForFree();
				if (this.options.spend) await this.#makeImage();
			}
		} catch (error) {
			this.#stop(this.options.cut(error instanceof Error ? error.message : String(error)));
		}
		const { live, baseUrl } = this.options;
		const vendorsOwn = new URL(defaultBaseUrl(live.credential)).origin;
		return {
			evidence: {
				exchanges: this.#exchanges,
				isAtVendor: new URL(baseUrl).origin === vendorsOwn,
				missing: this.#missing,
			},
			...(this.#picture === undefined ? {} : { picture: this.#picture }),
			trouble: this.#trouble,
		};
	}

	async #proveKey(): Promise<boolean> {
		const { live, say } = this.options;
		const response = await this.#ask('keyTest', keyTestRequest(live.credential));
		const objection = objectionToKey(live.credential, response);
		if (objection !== undefined) {
			this.#stop(objection, ...wordsOf(response));
			return false;
		}
		say('The key is good: the request of the credential’s test was answered. Nothing was spent.');
		return true;
	}

	async #askForFree(): Promise<void> {
		const { vendor, live, say } = this.options;
		await this.#ask('madeUpKey', keyTestRequest(live.credential), madeUpKey);
		await this.#converse('unknownTask', vendor.getTask(live.unknownTaskId), live.unknownTaskId);
		if (vendor.cancelTask !== undefined) {
			const { unknownTaskId } = live;
			await this.#converse('cancelUnknown', vendor.cancelTask(unknownTaskId), unknownTaskId);
		}
		if (vendor.getBalance !== undefined) {
			const balance = await this.#call('balance', vendor.getBalance());
			if (balance.ok) say(`Left on the account: ${balance.value.amount} ${balance.value.unit}.`);
			else this.#report(balance.failure);
		}
	}

	async #makeImage(): Promise<void> {
		const { vendor, live, say } = this.options;
		say(`Buying one 1K image of Nano Banana Pro. Its cost: ${live.cost}.`);
		const startedAtMs = Date.now();
		const submitted = await this.#call(
			'submit',
			vendor.submit({
				idempotencyKey: randomUUID(),
				request: {
					operation: 'generate',
					vendorModel: vendor.models.nanoBananaPro?.vendorModel ?? '',
					prompt,
					aspectRatio: '1:1',
					resolution: '1K',
					outputFormat: vendor.models.nanoBananaPro?.outputFormats.find(
						(format) => format === 'png',
					),
					imagesInTask: 1,
					referenceUrls: [],
					referenceFiles: [],
				},
			}),
		);
		if (!submitted.ok) return this.#report(submitted.failure);
		const { taskId, cost } = submitted.value;
		say(
			`${vendor.displayName} took task ${taskId}${cost === undefined ? '' : ` for ${cost.amount} ${cost.unit}`}. If this ends early, Task → Wait in n8n brings its picture.`,
		);
		this.#missing = 'the task has not ended';
		const { outcome, polls } = await this.#wait(taskId, startedAtMs);
		if (!outcome.ok) return this.#report(outcome.failure);
		const { state, images, failure } = outcome.value;
		this.#missing = 'the task brought no picture';
		say(`The task ${state} after ${seconds(startedAtMs)} s and ${polls} polls.`);
		if (vendor.cancelTask !== undefined) {
			await this.#converse('cancelEnded', vendor.cancelTask(taskId), taskId);
		}
		const [image] = images;
		if (failure !== undefined) this.#report(failure);
		else if (image !== undefined) await this.#download(image.url);
	}

	async #wait(taskId: string, startedAtMs: number) {
		const { vendor, timeoutMs, pollIntervalMs } = this.options;
		return await waitForTask({
			vendorName: vendor.displayName,
			taskId,
			clock,
			startedAtMs,
			timeoutMs,
			pollIntervalMs,
			typicalMs: vendor.pollHint.typicalMs,
			pollAtOnce: true,
			poll: async () => await this.#call(stepOfPoll, vendor.getTask(taskId), taskId),
		});
	}

	async #download(url: string): Promise<void> {
		const { baseUrl, cut, say } = this.options;
		const startedAtMs = Date.now();
		this.#picture = await this.client.download(url);
		const { bytes, status, url: finalUrl, ...facts } = this.#picture;
		const described = {
			...facts,
			bytes: bytes.length,
			url: finalUrl,
			host: new URL(url).host,
			isOnApiHost: new URL(url).host === new URL(baseUrl).host,
		};
		this.#exchanges.push({
			step: 'download',
			request: { method: 'GET', path: cut(new URL(url).pathname) },
			response: { status, headers: {}, json: cutFromJson(described, cut), text: '' },
			durationMs: Date.now() - startedAtMs,
		});
		const { mediaType = 'no picture', width = '?', height = '?' } = facts;
		say(`Downloaded without the key: ${mediaType}, ${width} × ${height}, ${bytes.length} bytes.`);
	}

	async #call<Output>(
		step: Step | ((outcome: Outcome<Output>) => Step),
		exchange: VendorExchange<Output>,
		taskId?: string,
	): Promise<Outcome<Output>> {
		try {
			return await this.#converse(step, exchange, taskId);
		} catch (error) {
			if (!(error instanceof NoAnswer)) throw error;
			return failed(connectionFailure(this.options.vendor.displayName, error.reason));
		}
	}

	/** Asks until there is an outcome; the last answer is the one that the assumptions are about. */
	async #converse<Output>(
		step: Step | ((outcome: Outcome<Output>) => Step),
		exchange: VendorExchange<Output>,
		taskId?: string,
	): Promise<Outcome<Output>> {
		const startedAtMs = Date.now();
		const earlier: VendorResponse[] = [];
		for (let next = exchange; ;) {
			const { request } = next;
			const response = await this.#send(request, this.options.apiKey);
			const read = next.read(response);
			if (!('ok' in read)) {
				earlier.push(response);
				next = read;
				continue;
			}
			this.#exchanges.push({
				step: typeof step === 'string' ? step : step(read),
				request,
				response,
				durationMs: Date.now() - startedAtMs,
				earlier,
				...(taskId !== undefined && { taskId }),
			});
			return read;
		}
	}

	async #ask(step: Step, request: VendorRequest, key = this.options.apiKey) {
		const startedAtMs = Date.now();
		const response = await this.#send(request, key);
		this.#exchanges.push({ step, request, response, durationMs: Date.now() - startedAtMs });
		return response;
	}

	async #send(request: VendorRequest, key: string): Promise<VendorResponse> {
		const { cut } = this.options;
		const response = await this.client.ask(request, key);
		return {
			status: response.status,
			headers: cutFromJson(response.headers, cut) as VendorResponse['headers'],
			json: cutFromJson(response.json, cut),
			text: cut(response.text),
		};
	}

	#report(failure: Failure): void {
		const where =
			failure.task === 'maybe'
				? ['A task may exist and be charged: look at the vendor’s dashboard.']
				: [];
		this.#stop(failure.message, ...where, hintOf(failure));
	}

	#stop(...lines: readonly string[]): void {
		this.#trouble.push(...lines.map((line) => this.options.cut(line)));
		if (this.#exchanges.every(({ step }) => step !== 'submit')) {
			this.#missing = 'the check ended before';
		}
	}
}

function stepOfPoll(outcome: Outcome<TaskSnapshot>): Step {
	if (!outcome.ok) return 'pollRefused';
	const { state } = outcome.value;
	if (!isTerminal(state)) return 'pollInFlight';
	return state === 'succeeded' ? 'pollSucceeded' : 'pollFailed';
}

function wordsOf({ status, text }: VendorResponse): string[] {
	return [`It answered HTTP ${status}: ${cleanText(text) || 'nothing'}`];
}

function seconds(sinceMs: number): string {
	return ((Date.now() - sinceMs) / 1000).toFixed(1);
}
