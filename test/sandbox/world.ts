import type { CallbackSender } from './callbacks';
import type { ApiReply, FailureKind, Route } from './exchange';
import type { Faults } from './faults';
import type { Ledger } from './ledger';
import type { ReferenceFetcher } from './references';
import type { SandboxSettings } from './settings';
import type { StoredTask, TaskStore } from './tasks';
import type { VendorId } from './types';
import type { Uploads } from './uploads';

/** How one vendor is played. */
export interface VendorEmulator {
	id: VendorId;
	displayName: string;
	/** The unit that its costs are in. */
	unit: string;
	routes: readonly Route[];
	/** The refund of a failed task is booked when it ends, or when the client looks at it. */
	refundedAt: 'end' | 'look';
	/** The vendor's error in its documented shape. */
	errorReply(kind: FailureKind, message: string, code?: string): ApiReply;
	/** The body of a callback; absent where the vendor has none, undefined where it sends none. */
	callbackBody?(task: StoredTask, urls?: readonly string[]): unknown;
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
	vendors: Record<VendorId, VendorEmulator>;
	/** The origin of the vendors, without a slash at its end. */
	url: string;
	/** The origin of the results and uploads, without a slash at its end. */
	filesUrl: string;
}

/** The path under which a vendor lives on the sandbox. */
export const vendorFolders: Record<VendorId, string> = {
	skillBoss: 'skillboss',
	apikley: 'apikley',
	nanoBananaProCloud: 'nanobananapro-cloud',
	apiMall: 'api-mall',
	runbase: 'runbase',
};

/** What a vendor keeps of its balance. */
export function balanceOf(world: World, vendor: VendorId): number {
	return Number((world.settings.balances[vendor] - world.ledger.netCharged(vendor)).toFixed(6));
}
