import type { TaskOutcome, TaskPhase, Verb, VendorId } from './types';

/** One picture that came along with a submit. */
export interface ReferenceRecord {
	source: 'url' | 'multipart' | 'dataUrl';
	url?: string;
	fileName?: string;
	/** Unknown where `fetchReferences` is off. */
	bytes?: number;
	sha256?: string;
	mediaType?: string;
	width?: number;
	height?: number;
}

export interface TaskRecord {
	vendor: VendorId;
	id: string;
	/** Place in the order of all tasks of the sandbox, from 0. */
	index: number;
	model: string;
	mode: 'generate' | 'edit';
	prompt: string;
	/** As the vendor understood it: its default where the field was left out. */
	aspectRatio: string;
	resolution: string;
	outputFormat: string;
	numberOfImages: number;
	references: ReferenceRecord[];
	/** References that the vendor was given and does not read. */
	ignoredReferences: string[];
	callbackUrl?: string;
	idempotencyKey?: string;
	outcome: TaskOutcome;
	state: TaskPhase;
	submittedAt: number;
	completedAt?: number;
	polls: number;
	downloads: number;
	/** The body of the submit, as it came. */
	body: unknown;
}

export interface MoneyRecord {
	vendor: VendorId;
	taskId: string;
	amount: number;
	unit: string;
	at: number;
}

export interface PollRecord {
	vendor: VendorId;
	taskId: string;
	state: TaskPhase | 'unknownTask';
	at: number;
}

export interface UploadRecord {
	vendor: VendorId;
	how: 'multipart' | 'base64' | 'uploadUrl';
	fileName: string;
	bytes: number;
	sha256: string;
	mediaType: string;
	url: string;
	at: number;
}

export interface DownloadRecord {
	vendor: VendorId;
	taskId: string;
	name: string;
	fault?: string;
	at: number;
}

export interface CallbackRecord {
	vendor: VendorId;
	taskId: string;
	url: string;
	attempt: number;
	forged: boolean;
	body: unknown;
	status?: number;
	error?: string;
	at: number;
}

export interface CancelRecord {
	vendor: VendorId;
	taskId: string;
	result: 'canceled' | 'alreadyTerminal' | 'workerStarted' | 'unknownTask';
	at: number;
}

export interface RequestRecord {
	vendor: VendorId | null;
	verb: Verb | null;
	origin: 'api' | 'files';
	method: string;
	path: string;
	/** Without the key: it is replaced by words. */
	headers: Record<string, string>;
	body: unknown;
	/** Absent until answered, and where the connection was dropped. */
	status?: number;
	fault?: string;
	at: number;
	answeredAt?: number;
}

export interface RefusalRecord {
	vendor: VendorId | null;
	method: string;
	path: string;
	reason: string;
	body: unknown;
	at: number;
}

export interface LeakRecord {
	where: string;
	path: string;
	detail: string;
	at: number;
}

/** Everything that happened in the sandbox, in order. Tests assert on it. */
export class Ledger {
	tasks: TaskRecord[] = [];
	charges: MoneyRecord[] = [];
	refunds: MoneyRecord[] = [];
	polls: PollRecord[] = [];
	uploads: UploadRecord[] = [];
	downloads: DownloadRecord[] = [];
	callbacks: CallbackRecord[] = [];
	cancels: CancelRecord[] = [];
	requests: RequestRecord[] = [];
	refusedRequests: RefusalRecord[] = [];
	leakedKeys: LeakRecord[] = [];

	/** Sum of what a vendor took for tasks, refunds not subtracted, in the vendor's unit. */
	charged(vendor: VendorId): number {
		return sum(this.charges, vendor);
	}

	/** Sum of what a vendor gave back, in the vendor's unit. */
	refunded(vendor: VendorId): number {
		return sum(this.refunds, vendor);
	}

	/** What the vendor kept. */
	netCharged(vendor: VendorId): number {
		return Number((this.charged(vendor) - this.refunded(vendor)).toFixed(6));
	}

	/** The tasks of one vendor, in the order they were taken. */
	tasksOf(vendor: VendorId): TaskRecord[] {
		return this.tasks.filter((task) => task.vendor === vendor);
	}

	/** The requests of one verb, of one vendor or of all. */
	requestsOf(verb: Verb, vendor?: VendorId): RequestRecord[] {
		return this.requests.filter(
			(request) => request.verb === verb && (vendor === undefined || request.vendor === vendor),
		);
	}

	/** One task by its id; throws where there is none, so that a test says so. */
	task(id: string): TaskRecord {
		const found = this.tasks.find((task) => task.id === id);
		if (!found) throw new Error(`The sandbox never took a task ${id}`);
		return found;
	}

	/** The most tasks of a vendor that were ever in flight at one moment. */
	peakTasksInFlight(vendor: VendorId): number {
		return peak(
			this.tasksOf(vendor).map(({ submittedAt, completedAt }) => [submittedAt, completedAt]),
		);
	}

	/** The most files of a vendor that were ever fetched at one moment. */
	peakDownloads(vendor: VendorId): number {
		return peak(this.requestsOf('download', vendor).map(({ at, answeredAt }) => [at, answeredAt]));
	}

	/** Forgets everything. */
	clear(): void {
		Object.assign(this, new Ledger());
	}

	/** All of it as plain JSON, with the sums, for another process. */
	toJSON(): Record<string, unknown> {
		const vendors = [...new Set(this.charges.map((charge) => charge.vendor))];
		const totals = vendors.map((vendor) => [
			vendor,
			{
				charged: this.charged(vendor),
				refunded: this.refunded(vendor),
				netCharged: this.netCharged(vendor),
			},
		]);
		const records: Record<string, unknown> = Object.fromEntries(Object.entries(this));
		return { ...records, totals: Object.fromEntries(totals) as unknown };
	}
}

/** How many of these were under way at one moment, at most; what has no end goes on. */
function peak(spans: ReadonlyArray<readonly [from: number, to: number | undefined]>): number {
	const steps = spans.flatMap(([from, to]) => [
		{ at: from, change: 1 },
		{ at: to ?? Number.POSITIVE_INFINITY, change: -1 },
	]);
	steps.sort((first, second) => first.at - second.at || first.change - second.change);
	let underWay = 0;
	let most = 0;
	for (const { change } of steps) {
		underWay += change;
		most = Math.max(most, underWay);
	}
	return most;
}

function sum(records: readonly MoneyRecord[], vendor: VendorId): number {
	const total = records
		.filter((record) => record.vendor === vendor)
		.reduce((amount, record) => amount + record.amount, 0);
	return Number(total.toFixed(6));
}
