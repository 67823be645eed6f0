import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { request, type Dispatcher } from 'undici';
import { refusal } from './exchange';
import type { FaultName } from './faultTable';
import type { ActiveFault } from './faults';
import type { StoredTask } from './tasks';
import { isTerminal } from './types';
import { partOf } from './vendors';
import { emulatorOf, type World } from './world';

const privateAddresses = new BlockList();
for (const [network, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
] as const) {
	privateAddresses.addSubnet(network, prefix, 'ipv4');
}
privateAddresses.addAddress('::1', 'ipv6');
privateAddresses.addSubnet('fc00::', 7, 'ipv6');
privateAddresses.addSubnet('fe80::', 10, 'ipv6');

/** When at the latest a call comes that comes before the task's end. */
const earlyCallMs = 2_000;

/** Delivers callbacks, and misdelivers them where a fault says so. */
export class CallbackSender {
	private readonly timers = new Set<NodeJS.Timeout>();
	private readonly early = new Set<StoredTask>();
	private readonly underWay = new Set<Promise<void>>();
	private readonly stop = new AbortController();

	constructor(
		private readonly world: World,
		private readonly dispatcher: Dispatcher,
	) {}

	/** Called when a task was taken; what comes before its end is sent from here. */
	expect(task: StoredTask): void {
		if (!this.bodyOf(task, [])) return;
		const forged = this.take(task, 'callbackForged');
		const unknown = this.take(task, 'callbackUnknownTask');
		const garbage = this.take(task, 'callbackGarbage');
		const picture = `${this.world.filesUrl}/forged/picture.png`;
		this.later(Math.min(task.durationMs / 2, earlyCallMs), async () => {
			if (forged) {
				const url = forged.specification.url ?? picture;
				await this.deliver(task, 1, this.bodyOf(task, [url]), true);
			}
			if (unknown) {
				const id = task.record.id.replace(/[0-9a-f]{8,}/gi, (digits) => '0'.repeat(digits.length));
				const stranger = { ...task, record: { ...task.record, id } };
				await this.deliver(stranger, 1, this.bodyOf(stranger, [picture]), true);
			}
			if (garbage) await this.deliver(task, 1, '{"request_id": "', true);
		});
	}

	/** Ends the task and delivers before the create is answered, where that fault is on. */
	async beforeAnswer(task: StoredTask): Promise<void> {
		if (!this.bodyOf(task, []) || !this.take(task, 'callbackBeforeAnswer')) return;
		this.early.add(task);
		this.world.tasks.finishNow(task);
		if (!isTerminal(task.record.state)) return;
		await this.deliver(task, 1, this.bodyOf(task));
	}

	/** Called when a task has ended. */
	taskEnded(task: StoredTask): void {
		if (!this.bodyOf(task) || this.early.has(task)) return;
		if (this.take(task, 'callbackLost')) return;
		const late = this.take(task, 'callbackLate');
		const twice = this.take(task, 'callbackTwice');
		this.later(late ? (late.specification.ms ?? 1000) : 0, async () => {
			await this.deliver(task, 1, this.bodyOf(task));
			if (twice) await this.deliver(task, 2, this.bodyOf(task));
		});
	}

	/** Refuses an address that is not https or not public, for vendors that do so. */
	async checkUrl(field: string, text: string): Promise<void> {
		const { protocol, hostname } = new URL(text);
		if (this.world.settings.allowPrivateCallbacks) return;
		if (protocol !== 'https:') throw refusal(`${field} must be HTTPS`);
		const host = hostname.replace(/^\[|\]$/g, '');
		const addresses = isIP(host) ? [host] : await this.resolve(host);
		if (addresses.length === 0 || addresses.some(isPrivate)) {
			throw refusal(`${field} must resolve to a public IP`);
		}
	}

	/** Forgets what has not been sent. */
	clear(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		this.early.clear();
	}

	/** Stops everything and waits until it has. */
	async close(): Promise<void> {
		this.clear();
		this.stop.abort();
		await Promise.allSettled(this.underWay);
	}

	private async resolve(host: string): Promise<string[]> {
		try {
			return (await lookup(host, { all: true })).map((entry) => entry.address);
		} catch {
			return [];
		}
	}

	private bodyOf(task: StoredTask, urls?: readonly string[]): unknown {
		if (!task.record.callbackUrl) return undefined;
		return emulatorOf(this.world, task.record.vendor).callbackBody?.(task, urls);
	}

	private take(task: StoredTask, name: FaultName): ActiveFault | undefined {
		const { vendor, prompt, id } = task.record;
		const situation = { vendor, verb: 'callback', prompt, taskId: id } as const;
		return this.world.faults.take('callback', situation, name);
	}

	private later(delayMs: number, send: () => Promise<void>): void {
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			this.run(send());
		}, delayMs);
		this.timers.add(timer);
	}

	private run(sending: Promise<void>): void {
		const watched = sending.finally(() => this.underWay.delete(watched));
		this.underWay.add(watched);
	}

	private async deliver(
		task: StoredTask,
		attempt: number,
		body: unknown,
		forged = false,
	): Promise<void> {
		const { vendor, id, callbackUrl } = task.record;
		if (callbackUrl === undefined || this.stop.signal.aborted) return;
		const outcome = await this.post(this.addressOf(task, callbackUrl), body);
		const known = { vendor, taskId: id, url: callbackUrl, attempt, forged, body };
		this.world.ledger.callbacks.push({ ...known, ...outcome, at: Date.now() });
		const accepted = outcome.status !== undefined && outcome.status < 300;
		const { callbackRetries = 0 } = partOf(vendor);
		if (accepted || forged || attempt > callbackRetries) return;
		this.later(this.world.settings.callbackRetryMs, () => this.deliver(task, attempt + 1, body));
	}

	private addressOf(task: StoredTask, callbackUrl: string): string {
		const url = new URL(callbackUrl);
		const query = emulatorOf(this.world, task.record.vendor).callbackQuery?.(task) ?? {};
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		return url.href;
	}

	private async post(url: string, body: unknown): Promise<{ status?: number; error?: string }> {
		try {
			const answer = await request(url, {
				method: 'POST',
				dispatcher: this.dispatcher,
				headers: { 'content-type': 'application/json' },
				body: typeof body === 'string' ? body : this.world.tasks.textOf(body),
				signal: AbortSignal.any([this.stop.signal, AbortSignal.timeout(10_000)]),
			});
			await answer.body.dump();
			return { status: answer.statusCode };
		} catch (error) {
			return { error: error instanceof Error ? error.message : String(error) };
		}
	}
}

function isPrivate(address: string): boolean {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	const plain = mapped ?? address;
	return privateAddresses.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
