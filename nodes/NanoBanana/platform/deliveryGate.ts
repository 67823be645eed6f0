import type { IWebhookFunctions } from 'n8n-workflow';

import { clock } from './clock';

/**
 * Anybody can call the address of a trigger, and each call costs a request with the key. Deliveries of
 * tasks that exist must pass at any speed. Made-up ones, and those for which the vendor cannot be asked,
 * pass ever more slowly.
 */

/** The vendor's answer about a task; unasked: the vendor could not be asked. */
export type TaskIs = 'known' | 'unknown' | 'unasked';

/** Must be called when the vendor has been asked. */
export type LeaveGate = (taskIs: TaskIs) => void;

/** The limit for one trigger. A vendor answers within a second, and a caller waits about ten. */
const askingAtOnce = 8;
const longestWaitMs = 5_000;
const mostWaiting = 200;
const napMs = 100;

/**
 * After this many deliveries in vain within a minute, only one at a time passes, with a pause after each.
 */
const harmlessInVain = 20;
const inVainCountsForMs = 60_000;
const pauseMs = 1_000;

/**
 * The same unknown task is polled again after this time: a vendor may call before its own reads know it.
 */
const unknownForMs = 10_000;

interface Gate {
	underWay: number;
	waiting: number;
	/** The tasks that were last polled in vain, the newest at the end. */
	inVain: Map<string, { readonly taskIs: TaskIs; readonly atMs: number }>;
}

/** The gates by trigger; each forgets what is older than a minute. */
const gates = new Map<string, Gate>();

/** The most tasks remembered that this process has ordered with a callback URL; the newest stay. */
const mostExpected = 10_000;
const expected = new Set<string>();

/** Lets the delivery of a task through at once, however many others come to the address. */
export function expectDelivery(taskId: string): void {
	expected.add(taskId);
	for (const oldest of expected) {
		if (expected.size <= mostExpected) break;
		expected.delete(oldest);
	}
}

/** The tasks that this process has ordered, for a vendor that names a task by a part of its id. */
export function expectedTaskIds(): readonly string[] {
	return [...expected];
}

/** Waits for a turn to ask the vendor; undefined where it comes too late: the vendor must call again. */
export async function enterDeliveryGate(
	context: IWebhookFunctions,
	taskId: string,
): Promise<LeaveGate | undefined> {
	if (expected.has(taskId)) return () => undefined;
	const gate = gateOf(JSON.stringify([context.getWorkflow().id, context.getNode().id]));
	forgetOld(gate);
	const before = gate.inVain.get(taskId);
	if (before?.taskIs === 'unknown' && clock.now() - before.atMs < unknownForMs) return undefined;
	if (gate.waiting >= mostWaiting) return undefined;
	gate.waiting++;
	const untilMs = clock.now() + longestWaitMs;
	while (!isOpen(gate) && clock.now() < untilMs) await clock.sleep(napMs);
	gate.waiting--;
	if (!isOpen(gate)) return undefined;
	gate.underWay++;
	return (taskIs) => {
		gate.underWay--;
		gate.inVain.delete(taskId);
		if (taskIs !== 'known') gate.inVain.set(taskId, { taskIs, atMs: clock.now() });
	};
}

function gateOf(trigger: string): Gate {
	const known = gates.get(trigger);
	if (known !== undefined) return known;
	const gate: Gate = { underWay: 0, waiting: 0, inVain: new Map() };
	gates.set(trigger, gate);
	return gate;
}

function isOpen(gate: Gate): boolean {
	forgetOld(gate);
	if (gate.inVain.size < harmlessInVain) return gate.underWay < askingAtOnce;
	const lastAtMs = [...gate.inVain.values()].at(-1)?.atMs ?? 0;
	return gate.underWay === 0 && clock.now() - lastAtMs >= pauseMs;
}

function forgetOld({ inVain }: Gate): void {
	for (const [taskId, { atMs }] of inVain) {
		if (clock.now() - atMs < inVainCountsForMs) break;
		inVain.delete(taskId);
	}
}
