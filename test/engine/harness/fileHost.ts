import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A host of files that answers as a test wants it. */
export interface FileHost {
	readonly url: string;
	/** What was asked for, in order. */
	readonly requests: readonly IncomingMessage[];
	close(): Promise<void>;
}

export async function startFileHost(
	answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FileHost> {
	const requests: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		requests.push(request);
		answer(request, response);
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
