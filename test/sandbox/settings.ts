import type { VendorId } from './types';

/** What a duration function is told about the task it decides on. */
export interface TaskDurationQuestion {
	vendor: VendorId;
	prompt: string;
	/** How many tasks the sandbox had taken before this one. */
	index: number;
}

export type TaskDuration =
	number | { min: number; max: number } | ((task: TaskDurationQuestion) => number);

/** Everything that can be changed while the sandbox runs. */
export interface SandboxSettings {
	/** The good key. */
	apiKey: string;
	/** A good key that is blocked: 403 where the vendor has it, else 401. */
	blockedApiKey: string;
	taskDurationMs: TaskDuration;
	/** What share of its duration a task spends in the vendor's queue. */
	queuedShare: number;
	/** Starting balance of each vendor, in its own unit. */
	balances: Record<VendorId, number>;
	/** Model ids that a vendor takes beyond its documented ones. */
	extraModels: Partial<Record<VendorId, readonly string[]>>;
	/** Fetch each reference URL at submit and refuse what is not an image. */
	fetchReferences: boolean;
	referenceTimeoutMs: number;
	/** Off: SkillBoss refuses a webhook_url that is not https or not public, as the real one does. */
	allowPrivateCallbacks: boolean;
	/** How long SkillBoss waits before its one retry of a callback that was not answered 2xx. */
	callbackRetryMs: number;
	/** API Mall answers .webp pictures whatever was asked. */
	apiMallWebp: boolean;
	/** API Mall: how many tasks may be in flight; null = no limit. */
	apiMallTasksAtOnce: number | null;
	/** Runbase: 20 requests in 10 s per key; null = no limit. */
	runbaseRequestLimit: { requests: number; windowMs: number } | null;
	/** Apikley: 20 creations in 10 s, as its upstream has it; null = no limit. */
	apikleySubmitLimit: { requests: number; windowMs: number } | null;
	/** Apikley: errors come as HTTP 200 with the code in the body; off: the HTTP status is the code. */
	apikleyErrorsInBody: boolean;
	/** One plain picture per size and format, for huge batches. */
	flatPictures: boolean;
}

export interface SandboxOptions extends Partial<Omit<SandboxSettings, 'balances'>> {
	/** Port of the vendors; 0 (default) = a free one. */
	port?: number;
	/** Port of the second origin, where results and uploads live; 0 (default) = a free one. */
	filesPort?: number;
	/** How the second origin is called in URLs; both names lead to the loopback. */
	filesHost?: 'localhost' | '127.0.0.1';
	balances?: Partial<Record<VendorId, number>>;
}

const defaultBalances: Record<VendorId, number> = {
	skillBoss: 100_000,
	apikley: 100_000,
	nanoBananaProCloud: 100_000,
	apiMall: 100_000,
	runbase: 10_000_000_000,
};

/** Lays what the caller chose over the defaults. */
export function createSettings(options: SandboxOptions): SandboxSettings {
	return {
		apiKey: options.apiKey ?? 'sandbox-key',
		blockedApiKey: options.blockedApiKey ?? 'sandbox-blocked-key',
		taskDurationMs: options.taskDurationMs ?? 50,
		queuedShare: options.queuedShare ?? 0.25,
		balances: { ...defaultBalances, ...options.balances },
		extraModels: options.extraModels ?? {},
		fetchReferences: options.fetchReferences ?? true,
		referenceTimeoutMs: options.referenceTimeoutMs ?? 10_000,
		allowPrivateCallbacks: options.allowPrivateCallbacks ?? true,
		callbackRetryMs: options.callbackRetryMs ?? 200,
		apiMallWebp: options.apiMallWebp ?? true,
		apiMallTasksAtOnce: options.apiMallTasksAtOnce ?? null,
		runbaseRequestLimit: options.runbaseRequestLimit ?? null,
		apikleySubmitLimit: options.apikleySubmitLimit ?? null,
		apikleyErrorsInBody: options.apikleyErrorsInBody ?? true,
		flatPictures: options.flatPictures ?? false,
	};
}

/** Picks how long one task takes. */
export function chooseDuration(setting: TaskDuration, task: TaskDurationQuestion): number {
	if (typeof setting === 'function') return setting(task);
	if (typeof setting === 'number') return setting;
	return setting.min + Math.random() * (setting.max - setting.min);
}
