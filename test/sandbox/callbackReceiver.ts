import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A place that vendors can call. */
export interface CallbackReceiver {
	readonly url: string;
	/** What came, parsed. */
	readonly received: readonly unknown[];
	/** Waits until so many have come, for as long as that may take. */
	readonly arrival: (count: number) => Promise<void>;
	close(): void;
}

/** Takes callbacks on loopback and answers each with the same status. */
export async function startCallbackReceiver(status = 200): Promise<CallbackReceiver> {
	const received: unknown[] = [];
	const server = createServer((request, response) => {
		let text = '';
		request.on('data', (piece) => (text += piece));
		request.on('end', () => {
			received.push(JSON.parse(text) as unknown);
			response.writeHead(status).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		received,
		async arrival(count) {
			for (let check = 0; check < 200 && received.length < count; check++) await wait(10);
		},
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
