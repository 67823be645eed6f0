import type { CallbackSender } from './callbacks';
import type { ApiReply, FailureKind, Route } from './exchange';
import type { Faults } from './faults';
import type { Ledger } from './ledger';
import type { ReferenceFetcher } from './references';
import type { SandboxSettings } from './settings';
import type { StoredTask, TaskStore } from './tasks';
import type { FaultName } from './faultTable';
import type { Verb, VendorId } from './types';
import type { Uploads } from './uploads';

/** How one vendor is played, and what is known of it before: all that a vendor has to bring along. */
export interface SandboxPart {
	/** The path under which it lives on the sandbox. */
	readonly folder: string;
	/** Its starting balance, in its own unit. */
	readonly balance: number;
	/** What it has beyond submit, poll and result. */
	readonly verbs: readonly Verb[];
	/** Faults that only some vendors play: at the usual verbs, or at these. */
	readonly faults: Readonly<Partial<Record<FaultName, true | readonly Verb[]>>>;
	/** The header that carries the key, and what stands before the key. */
	readonly keyHeader?: { readonly name: string; readonly prefix: string };
	/** How often a callback that was not answered 2xx is sent again; absent: never. */
	readonly callbackRetries?: number;
	/** Requests that a limit counts, where one is switched on; absent: all. */
	readonly limitedVerbs?: readonly Verb[];
	/** The type of its images, whatever was asked; absent: the one that was asked for. */
	readonly ownFileType?: 'image/webp';
	/** It books the refund of a failed task when the client polls it, not when the task ends. */
	readonly refundsAtPoll?: true;
	/** Its results lie on the API's own host, where a key would be a leak all the same. */
	readonly resultsOnApiHost?: true;
	create(world: World): VendorEmulator;
}

/** How one vendor is played. */
export interface VendorEmulator {
	id: VendorId;
	displayName: string;
	/** The unit that its costs are in. */
	unit: string;
	routes: readonly Route[];
	/** The vendor's error in its documented shape. */
	errorReply(kind: FailureKind, message: string, code?: string): ApiReply;
	/** The body of a callback; absent where the vendor has none, undefined where it sends none. */
	callbackBody?(task: StoredTask, urls?: readonly string[]): unknown;
	/** What a callback adds to the query of its address. */
	callbackQuery?(task: StoredTask): Record<string, string>;
	/** What it answers to a create whose task id a fault leaves out. */
	successWithoutTask: unknown;
	/** Drops what it remembers beside its tasks. */
	forget?(): void;
}

/** What all parts of one running sandbox share. */
export interface World {
	settings: SandboxSettings;
	ledger: Ledger;
	faults: Faults;
	tasks: TaskStore;
	uploads: Uploads;
	callbacks: CallbackSender;
	references: ReferenceFetcher;
	vendors: ReadonlyMap<VendorId, VendorEmulator>;
	/** The origin of the vendors, without a slash at its end. */
	url: string;
	/** The origin of the results and uploads, without a slash at its end. */
	filesUrl: string;
}

/** A vendor as it is played in one sandbox. */
export function emulatorOf(world: World, vendor: VendorId): VendorEmulator {
	const emulator = world.vendors.get(vendor);
	if (emulator === undefined) throw new Error(`The sandbox does not play ${vendor}`);
	return emulator;
}

/** What a vendor keeps of its balance. */
export function balanceOf(world: World, vendor: VendorId): number {
	const start = world.settings.balances[vendor] ?? 0;
	return Number((start - world.ledger.netCharged(vendor)).toFixed(6));
}
