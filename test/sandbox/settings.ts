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
	/** Fields of a submit that a vendor takes beyond its documented ones, wherever they stand. */
	extraFields: Partial<Record<VendorId, readonly string[]>>;
	/** Fetch each reference URL at submit and refuse what is not an image. */
	fetchReferences: boolean;
	referenceTimeoutMs: number;
	/** Off: a vendor that refuses a callback URL that is not https or not public does so here too. */
	allowPrivateCallbacks: boolean;
	/** How long a vendor waits before it sends a callback again that was not answered 2xx. */
	callbackRetryMs: number;
	/** Vendors that answer with a file type of their own whatever was asked do so. */
	ownFileType: boolean;
	/** How many tasks of a vendor may be in flight, where it has such a limit; absent or null: any. */
	tasksAtOnce: Partial<Record<VendorId, number | null>>;
	/** How many requests of a key a vendor takes in a time; absent or null: any. */
	requestLimits: Partial<Record<VendorId, RequestWindow | null>>;
	/** Vendors with a code in the body answer errors with HTTP 200; off: with the code as status. */
	errorsInBody: boolean;
	/** One plain picture per size and format, for huge batches. */
	flatPictures: boolean;
}

export interface RequestWindow {
	requests: number;
	windowMs: number;
}

export interface SandboxOptions extends Partial<Omit<SandboxSettings, 'balances'>> {
	/** Port of the vendors; 0 (default) = a free one. */
	port?: number;
	/** Port of the second origin, where results and uploads live; 0 (default) = a free one. */
	filesPort?: number;
	/** How the second origin is called in URLs; both names lead to the loopback. */
	filesHost?: 'localhost' | '127.0.0.1';
	balances?: Record<VendorId, number>;
}

/** Lays what the caller chose over the defaults. */
export function createSettings(
	options: SandboxOptions,
	balances: Record<VendorId, number>,
): SandboxSettings {
	return {
		apiKey: options.apiKey ?? 'sandbox-key',
		blockedApiKey: options.blockedApiKey ?? 'sandbox-blocked-key',
		taskDurationMs: options.taskDurationMs ?? 50,
		queuedShare: options.queuedShare ?? 0.25,
		balances: { ...balances, ...options.balances },
		extraModels: { ...options.extraModels },
		extraFields: { ...options.extraFields },
		fetchReferences: options.fetchReferences ?? true,
		referenceTimeoutMs: options.referenceTimeoutMs ?? 10_000,
		allowPrivateCallbacks: options.allowPrivateCallbacks ?? true,
		callbackRetryMs: options.callbackRetryMs ?? 200,
		ownFileType: options.ownFileType ?? true,
		tasksAtOnce: { ...options.tasksAtOnce },
		requestLimits: { ...options.requestLimits },
		errorsInBody: options.errorsInBody ?? true,
		flatPictures: options.flatPictures ?? false,
	};
}

/** Picks how long one task takes. */
export function chooseDuration(setting: TaskDuration, task: TaskDurationQuestion): number {
	if (typeof setting === 'function') return setting(task);
	if (typeof setting === 'number') return setting;
	return setting.min + Math.random() * (setting.max - setting.min);
}
