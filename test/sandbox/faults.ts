import { faultApplies } from './faultApplies';
import { faultEntry, type FaultKind, type FaultName } from './faultTable';
import type { Verb, VendorId } from './types';
import { vendorIds } from './vendors';

/** One fault to switch on. */
export interface FaultSpecification {
	fault: FaultName;
	/** Default: the first verb that the fault's table entry names. */
	verb?: Verb;
	/** Default: every vendor that the fault applies to. */
	vendor?: VendorId;
	/** How often it strikes; default: until cleared, unless the table says otherwise. */
	times?: number;
	/** How many matching requests pass before it strikes; default 0. */
	skip?: number;
	match?: FaultMatch;
	ms?: number;
	seconds?: number;
	megabytes?: number;
	url?: string;
	state?: string;
	field?: 'failMsg' | 'error' | 'error.message';
	/** What an error says, and its code. */
	message?: string;
	code?: string;
	status?: number;
	/** Answer faults on a submit: whether the task is taken all the same. */
	taken?: boolean;
}

export interface FaultMatch {
	/** A string matches as a part of the prompt. */
	prompt?: string | RegExp;
	taskId?: string;
	/** A part of the request's path. */
	path?: string;
}

/** What a request is known by when faults are looked for. */
export interface FaultSituation {
	vendor: VendorId;
	verb: Verb;
	prompt?: string | undefined;
	taskId?: string | undefined;
	path?: string | undefined;
}

/** A fault that was switched on. */
export interface ActiveFault {
	readonly id: number;
	readonly specification: FaultSpecification;
	readonly verb: Verb;
	/** How often it has struck. */
	fired: number;
}

interface StoredFault extends ActiveFault {
	left: number;
	toSkip: number;
}

/** The switchboard of faults. */
export class Faults {
	private active: StoredFault[] = [];
	private nextId = 1;

	/** Switches a fault on; throws where it can never strike. */
	add(specification: FaultSpecification): ActiveFault {
		const entry = faultEntry(specification.fault);
		const candidates = specification.vendor ? [specification.vendor] : vendorIds;
		const verb =
			specification.verb ??
			entry.verbs.find((each) =>
				candidates.some((vendor) => faultApplies(specification.fault, vendor, each)),
			);
		if (!verb || !candidates.some((vendor) => faultApplies(specification.fault, vendor, verb))) {
			throw new Error(
				`The fault ${specification.fault} makes no sense for ` +
					`${specification.vendor ?? 'any vendor'} and ${specification.verb ?? 'any verb'}`,
			);
		}
		const stored: StoredFault = {
			id: this.nextId++,
			specification,
			verb,
			fired: 0,
			left: specification.times ?? entry.times ?? Number.POSITIVE_INFINITY,
			toSkip: specification.skip ?? 0,
		};
		this.active.push(stored);
		return stored;
	}

	/** The first fault of a kind that strikes now; counts it as struck. */
	take(
		kind: FaultKind,
		situation: FaultSituation,
		...names: readonly FaultName[]
	): ActiveFault | undefined {
		for (const fault of this.active) {
			if (!this.concerns(fault, kind, situation, names)) continue;
			if (fault.toSkip > 0) {
				fault.toSkip--;
				continue;
			}
			fault.left--;
			fault.fired++;
			return fault;
		}
		return undefined;
	}

	/** Switches all faults off, or one. */
	clear(fault?: ActiveFault): void {
		this.active = fault ? this.active.filter((each) => each.id !== fault.id) : [];
	}

	/** The faults that are on, for another process. */
	toJSON(): unknown {
		return this.active.map(({ id, verb, specification, fired, left }) => ({
			id,
			fired,
			left: Number.isFinite(left) ? left : null,
			...specification,
			verb,
			match: specification.match && {
				...specification.match,
				prompt: specification.match.prompt?.toString(),
			},
		}));
	}

	private concerns(
		fault: StoredFault,
		kind: FaultKind,
		situation: FaultSituation,
		names: readonly FaultName[],
	): boolean {
		const { specification } = fault;
		return (
			fault.left > 0 &&
			fault.verb === situation.verb &&
			(specification.vendor ?? situation.vendor) === situation.vendor &&
			faultEntry(specification.fault).kind === kind &&
			(names.length === 0 || names.includes(specification.fault)) &&
			faultApplies(specification.fault, situation.vendor, situation.verb) &&
			matches(specification.match, situation)
		);
	}
}

function matches(match: FaultMatch | undefined, situation: FaultSituation): boolean {
	if (!match) return true;
	const { prompt, taskId, path } = match;
	if (taskId !== undefined && taskId !== situation.taskId) return false;
	if (path !== undefined && !situation.path?.includes(path)) return false;
	if (prompt === undefined) return true;
	if (situation.prompt === undefined) return false;
	// A sticky or global expression keeps a position of its own between calls.
	return typeof prompt === 'string'
		? situation.prompt.includes(prompt)
		: new RegExp(prompt.source, prompt.flags.replace(/[gy]/g, '')).test(situation.prompt);
}
