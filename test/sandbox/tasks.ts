import type { ActiveFault } from './faults';
import { Failure, type ApiReply } from './exchange';
import { bentId, draftedId } from './bentIds';
import type { TaskRecord } from './ledger';
import type { LoadedReference } from './references';
import { chooseDuration } from './settings';
import { isTerminal, type PictureFormat, type TaskOutcome, type VendorId } from './types';
import { partOf } from './vendors';
import { balanceOf, emulatorOf, type World } from './world';

/** What a vendor knows of a task when it takes it. */
export interface TaskDraft {
	vendor: VendorId;
	id: string;
	model: string;
	prompt: string;
	aspectRatio: string;
	resolution: string;
	outputFormat: string;
	format: PictureFormat;
	numberOfImages?: number;
	references?: readonly LoadedReference[];
	ignoredReferences?: readonly string[];
	callbackUrl?: string | undefined;
	idempotencyKey?: string | undefined;
	cost: number;
	body: unknown;
}

export interface StoredTask {
	record: TaskRecord;
	format: PictureFormat;
	cost: number;
	durationMs: number;
	/** Bytes of the first reference, for the picture. */
	inset: Buffer | undefined;
	missingImages: number;
	/** When a poll first found its end, where a fault hides it for a moment. */
	endSeenAt?: number;
}

/** The tasks of all vendors and their way through time. */
export class TaskStore {
	private readonly tasks = new Map<string, StoredTask>();
	private readonly timers = new Set<NodeJS.Timeout>();
	/** How ids stand in answers, where it is not as JSON text. */
	private readonly writings = new Map<string, string>();

	constructor(private readonly world: World) {}

	/** Takes a task: charges it, decides how it ends and starts its time. */
	create(draft: TaskDraft): StoredTask {
		const { ledger, settings, faults } = this.world;
		const { vendor, prompt } = draft;
		const index = ledger.tasks.length;
		const named = faults.take('id', { vendor, verb: 'submit', prompt })?.specification.fault;
		const { id, written } =
			named === undefined ? draftedId(draft.id) : bentId(named, draft.id, index);
		if (balanceOf(this.world, vendor) < draft.cost) {
			throw new Failure('insufficientCredit', 'Insufficient credits');
		}
		const fault = faults.take('outcome', { vendor, verb: 'submit', prompt });
		const record: TaskRecord = {
			vendor,
			id,
			index,
			model: draft.model,
			mode: draft.references?.length ? 'edit' : 'generate',
			prompt,
			aspectRatio: draft.aspectRatio,
			resolution: draft.resolution,
			outputFormat: draft.outputFormat,
			numberOfImages: draft.numberOfImages ?? 1,
			references: (draft.references ?? []).map((reference) => reference.record),
			ignoredReferences: [...(draft.ignoredReferences ?? [])],
			outcome: outcomeOf(fault),
			state: 'queued',
			submittedAt: Date.now(),
			polls: 0,
			downloads: 0,
			body: draft.body,
			...(draft.callbackUrl !== undefined && { callbackUrl: draft.callbackUrl }),
			...(draft.idempotencyKey !== undefined && { idempotencyKey: draft.idempotencyKey }),
		};
		const task: StoredTask = {
			record,
			format: draft.format,
			cost: draft.cost,
			durationMs: chooseDuration(settings.taskDurationMs, { vendor, prompt, index }),
			inset: draft.references?.[0]?.bytes,
			missingImages: 0,
		};
		ledger.tasks.push(record);
		ledger.charges.push(this.money(task, draft.cost));
		this.tasks.set(key(vendor, id), task);
		if (written !== undefined) this.writings.set(id, written);
		if (record.outcome !== 'neverEnds') this.watch(task);
		this.world.callbacks.expect(task);
		return task;
	}

	/** An answer with each id as its vendor writes it. */
	asWritten(reply: ApiReply): ApiReply {
		if (this.writings.size === 0 || reply.json === undefined) return reply;
		const { json, ...others } = reply;
		return { ...others, text: this.textOf(json), mediaType: 'application/json' };
	}

	/** JSON text with each id as its vendor writes it. */
	textOf(json: unknown): string {
		let text = JSON.stringify(json);
		for (const [id, written] of this.writings) text = text.replaceAll(JSON.stringify(id), written);
		return text;
	}

	/** Finds a task and brings its state up to date. */
	find(vendor: VendorId, id: string): StoredTask | undefined {
		const task = this.tasks.get(key(vendor, id));
		if (task) this.advance(task);
		return task;
	}

	/** As `find`, for a client's poll: counted, and the refund booked where the vendor does so. */
	poll(vendor: VendorId, id: string): StoredTask | undefined {
		const task = this.find(vendor, id);
		const state = task?.record.state ?? 'unknownTask';
		this.world.ledger.polls.push({ vendor, taskId: id, state, at: Date.now() });
		if (!task) return undefined;
		task.record.polls++;
		if (partOf(vendor).refundsAtPoll === true && state === 'failed') {
			this.refund(task, task.cost);
		}
		return task;
	}

	/** Ends a task at once. */
	finishNow(task: StoredTask): void {
		task.durationMs = 0;
		this.advance(task);
	}

	/** Ends all tasks at once that end at all, the last one first. */
	finishAll(): void {
		for (const task of [...this.tasks.values()].reverse()) {
			if (!isTerminal(task.record.state)) this.finishNow(task);
		}
	}

	/** Cancels a task that still waits in the queue. */
	cancel(task: StoredTask): 'canceled' | 'alreadyTerminal' | 'workerStarted' {
		this.advance(task);
		if (isTerminal(task.record.state)) return 'alreadyTerminal';
		if (task.record.state === 'running') return 'workerStarted';
		task.record.outcome = 'canceled';
		this.finishNow(task);
		return 'canceled';
	}

	/** Gives credits back; never more than were taken. */
	refund(task: StoredTask, amount: number): void {
		const { ledger } = this.world;
		const already = ledger.refunds
			.filter((refund) => refund.taskId === task.record.id)
			.reduce((total, refund) => total + refund.amount, 0);
		const left = Math.min(amount, task.cost - already);
		if (left > 0) ledger.refunds.push(this.money(task, left));
	}

	/** How many tasks of a vendor are in flight. */
	inFlight(vendor: VendorId): number {
		const tasks = [...this.tasks.values()].filter((task) => task.record.vendor === vendor);
		for (const task of tasks) this.advance(task);
		return tasks.filter((task) => !isTerminal(task.record.state)).length;
	}

	/** How far a task is, from 0 to 1. */
	progress(task: StoredTask): number {
		if (isTerminal(task.record.state)) return 1;
		const share = (Date.now() - task.record.submittedAt) / Math.max(1, task.durationMs);
		return Math.min(0.99, share);
	}

	/** The URL under which a task's image lies. */
	resultUrl(task: StoredTask, name: string): string {
		const { vendor, id } = task.record;
		const { folder, resultsOnApiHost } = partOf(vendor);
		const ending = task.format === 'jpeg' ? 'jpg' : task.format;
		const place =
			resultsOnApiHost === true
				? `${this.world.url}/${folder}/files`
				: `${this.world.filesUrl}/results/${folder}`;
		return `${place}/${encodeURIComponent(id)}/${name}.${ending}`;
	}

	/** The URLs of all images of a task. */
	resultUrls(task: StoredTask): string[] {
		const count = Math.max(1, task.record.numberOfImages - task.missingImages);
		return Array.from({ length: count }, (_, index) =>
			this.resultUrl(task, `image-${String(index + 1).padStart(2, '0')}`),
		);
	}

	/** Brings every task's state up to date. */
	advanceAll(): void {
		for (const task of this.tasks.values()) this.advance(task);
	}

	/** Forgets all tasks and stops their timers. */
	clear(): void {
		for (const timer of this.timers) clearTimeout(timer);
		this.timers.clear();
		this.tasks.clear();
		this.writings.clear();
	}

	private advance(task: StoredTask): void {
		const { record } = task;
		if (isTerminal(record.state)) return;
		const passed = Date.now() - record.submittedAt;
		if (record.outcome === 'neverEnds' || passed < task.durationMs) {
			const queued = passed < task.durationMs * this.world.settings.queuedShare;
			record.state = queued ? 'queued' : 'running';
			return;
		}
		record.state =
			record.outcome === 'succeeds'
				? 'succeeded'
				: record.outcome === 'canceled'
					? 'canceled'
					: 'failed';
		record.completedAt = record.submittedAt + Math.round(task.durationMs);
		if (task.durationMs === 0) record.completedAt = Date.now();
		if (record.state !== 'succeeded') {
			if (partOf(record.vendor).refundsAtPoll !== true) {
				this.refund(task, task.cost);
			}
		}
		this.world.callbacks.taskEnded(task);
	}

	private watch(task: StoredTask): void {
		const left = task.record.submittedAt + task.durationMs - Date.now();
		// Longer than a timer can count is as good as for ever.
		const delay = Math.min(Math.max(0, left) + 1, 2_000_000_000);
		const timer = setTimeout(() => {
			this.timers.delete(timer);
			this.advance(task);
			// A timer may fire a moment before the clock says so.
			if (!isTerminal(task.record.state)) this.watch(task);
		}, delay);
		this.timers.add(timer);
	}

	private money(task: StoredTask, amount: number) {
		const { vendor, id } = task.record;
		const { unit } = emulatorOf(this.world, vendor);
		return { vendor, taskId: id, amount, unit, at: Date.now() };
	}
}

function key(vendor: VendorId, id: string): string {
	return `${vendor} ${id}`;
}

function outcomeOf(fault: ActiveFault | undefined): TaskOutcome {
	switch (fault?.specification.fault) {
		case 'taskFails':
			return 'fails';
		case 'taskModerated':
			return 'moderated';
		case 'taskCanceled':
			return 'canceled';
		case 'taskNeverEnds':
			return 'neverEnds';
		default:
			return 'succeeds';
	}
}
