import { request as send } from 'undici';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import type { Sandbox, VendorId } from '../../sandbox';

/** The sandbox's answer on its way through the relay. */
export interface RelayedAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** A request on its way to the sandbox. */
export interface RelayedRequest {
	readonly method: string;
	/** With the query. */
	readonly path: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: Buffer;
	/** How many requests the relay has seen, this one included. */
	readonly count: number;
}

/**
 * What the relay makes of an answer: another one, or one that it sends by itself. Undefined leaves it as
 * it is.
 */
export type Bend = (
	answer: RelayedAnswer,
	request: RelayedRequest,
	response: ServerResponse,
) => RelayedAnswer | 'sent' | undefined | Promise<RelayedAnswer | 'sent' | undefined>;

export interface Relay {
	/** What a credential has as its base URL, to reach the vendor through the relay. */
	baseUrl(vendor: VendorId): string;
	/** What came in, in order. */
	readonly requests: readonly RelayedRequest[];
	close(): Promise<void>;
}

/**
 * A host between the node and the sandbox, on an origin of its own, that sends a vendor's answer byte for
 * byte as a test wants it: the sandbox itself always writes JSON as `JSON.stringify` does.
 */
export async function startRelay(sandbox: Sandbox, bend: Bend = () => undefined): Promise<Relay> {
	const requests: RelayedRequest[] = [];
	const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = await buffer(incoming);
		const request: RelayedRequest = {
			method: incoming.method ?? 'GET',
			path: incoming.url ?? '/',
			headers: incoming.headers,
			body,
			count: requests.length + 1,
		};
		requests.push(request);
		const { host: _host, connection: _connection, ...headers } = incoming.headers;
		const answer = await send(sandbox.url + request.path, {
			method: request.method as 'GET',
			headers,
			body: body.length === 0 ? null : body,
		});
		const seen: RelayedAnswer = {
			status: answer.statusCode,
			headers: Object.fromEntries(
				Object.entries(answer.headers).flatMap(([name, value]) =>
					typeof value === 'string' && name !== 'content-length' && name !== 'connection'
						? [[name, value]]
						: [],
				),
			),
			text: await answer.body.text(),
		};
		const bent = (await bend(seen, request, response)) ?? seen;
		if (bent === 'sent') return;
		response.writeHead(bent.status, { ...bent.headers });
		response.end(bent.text);
	};
	const server = createServer((incoming, response) => {
		handle(incoming, response).catch(() => response.destroy());
	});
	// As the sandbox does.
	server.keepAliveTimeout = 0;
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: (vendor) => sandbox.baseUrl(vendor).replace(sandbox.url, `http://127.0.0.1:${port}`),
		requests,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
