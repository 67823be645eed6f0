import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuardedProcess } from './guardedProcess';

const pollEveryMs = 100;
const bootTimeoutMs = 60_000;

/** Waits until a service of ours takes connections on the loopback. */
export async function untilListening(
	name: string,
	service: GuardedProcess,
	port: number,
): Promise<void> {
	const deadline = Date.now() + bootTimeoutMs;
	while (!(await takesConnections(port))) {
		if (service.hasEnded()) throw new Error(`${name} ended while it was starting`);
		if (Date.now() > deadline) throw new Error(`${name} was not ready in time`);
		await delay(pollEveryMs);
	}
}

function takesConnections(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		const finish = (result: boolean): void => {
			socket.destroy();
			resolve(result);
		};
		socket.once('connect', () => finish(true));
		socket.once('error', () => finish(false));
	});
}
