import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from '../../server/endings';

/** Serves a stand-in for what lies outside, on a free port of the loopback; answers with its origin. */
export async function serveOnLoopback(listener: RequestListener): Promise<string> {
	const server = createServer(listener);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	atTheEnd(
		() =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	);
	const { port } = server.address() as AddressInfo;
	return `http://127.0.0.1:${port}`;
}
