import dns from 'node:dns';
import net from 'node:net';

/** Every address that this process has asked for while the work ran: by its name, or by a connection. */
export async function connectionsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
	const asked: string[] = [];
	const note = (kind: string) => (args: readonly unknown[]) =>
		void asked.push(`${kind} ${JSON.stringify(args[0])}`);
	const restore = [
		spyOn(net.Socket.prototype, 'connect', note('connect')),
		spyOn(dns, 'lookup', note('lookup')),
	];
	try {
		await work();
	} finally {
		for (const each of restore) each();
	}
	return asked;
}

function spyOn<Owner extends object, Name extends keyof Owner>(
	owner: Owner,
	name: Name,
	note: (args: readonly unknown[]) => void,
): () => void {
	const original = owner[name] as (...args: unknown[]) => unknown;
	owner[name] = function (this: unknown, ...args: unknown[]) {
		note(args);
		return original.apply(this, args);
	} as Owner[Name];
	return () => {
		owner[name] = original as Owner[Name];
	};
}
