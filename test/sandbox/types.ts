/** A vendor that the sandbox plays, by its id in the tests' registry. */
export type VendorId = string;

/** What a request (or a delivery) is for; faults are switched on by verb. */
export const verbs = [
	'submit',
	'getTask',
	'cancel',
	'upload',
	'balance',
	'download',
	'callback',
] as const;
export type Verb = (typeof verbs)[number];

/** Where a task stands, in the sandbox's own words; each vendor has its own words for it. */
export type TaskPhase = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';

/** How a task will end; decided when it is taken. */
export type TaskOutcome = 'succeeds' | 'fails' | 'moderated' | 'canceled' | 'neverEnds';

export type PictureFormat = 'png' | 'jpeg' | 'webp';

/** Says whether a phase is one that a task never leaves. */
export function isTerminal(phase: TaskPhase): boolean {
	return phase === 'succeeded' || phase === 'failed' || phase === 'canceled';
}
