import type { INodeParameters } from 'n8n-workflow';

import type { FaultName, FaultSpecification, SandboxSettings } from '../sandbox';

/** What a fault needs beside itself, so that it strikes and the matrix stays quick. */
export interface Arrangement {
	readonly specification?: Partial<FaultSpecification>;
	/** A second fault, without which the first has nothing to bend. */
	readonly companion?: FaultName;
	readonly settings?: Partial<SandboxSettings>;
	readonly parameters?: INodeParameters;
	/** What the vendor asked for in `Retry-After`: the next request of the kind comes no sooner. */
	readonly pauseMs?: number;
}

/** Still in flight at the first poll of a wait, which comes 4 s after the submit. */
const slowTask = { settings: { taskDurationMs: 20_000, queuedShare: 0.01 } };

/** Longer than it takes to start the second node of "submit → wait". */
const hiddenFor = { specification: { ms: 2_500 } };

/** Long enough for the execution to be parked before anything is delivered. */
const whileParked = { settings: { taskDurationMs: 10_000 } };

const arrangements: Readonly<Partial<Record<FaultName, Arrangement>>> = {
	rateLimitedRetrySeconds: { specification: { seconds: 3 }, pauseMs: 3_000 },
	// A date has whole seconds: up to one of them is lost.
	rateLimitedRetryDate: { specification: { seconds: 4 }, pauseMs: 3_000 },
	fileRateLimited: { specification: { seconds: 3 }, pauseMs: 3_000 },
	hugeAnswer: { specification: { megabytes: 2 } },
	fileHugeUnannounced: { specification: { megabytes: 110 } },
	fileSlowDrip: { specification: { ms: 20 } },
	stateRunning: slowTask,
	stateUnknownWord: slowTask,
	stateBehind: { specification: { ms: 800 } },
	recordInfoNull: hiddenFor,
	recordInfoNotFound: hiddenFor,
	goneForNow: hiddenFor,
	unknownForNow: hiddenFor,
	fewerImages: { parameters: { numberOfImages: 2 } },
	failureAsObject: { companion: 'taskFails' },
	failureElsewhere: { companion: 'taskFails' },
	callbackTwice: whileParked,
	callbackLate: whileParked,
	callbackForged: whileParked,
	callbackUnknownTask: whileParked,
	callbackGarbage: whileParked,
};

export function arrangementFor(fault: FaultName): Arrangement {
	return arrangements[fault] ?? {};
}
