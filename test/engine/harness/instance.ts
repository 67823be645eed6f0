import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The one route of an n8n instance that a vendor calls: signed URLs of binary data. */
export interface Instance {
	readonly restApiUrl: string;
	/** How often a vendor fetched something. */
	readonly fetches: () => number;
	/** What was fetched, as the server tells it: by the description in n8n's storage. */
	readonly served: () => ReadonlyArray<{ readonly mediaType?: string; readonly fileName?: string }>;
	close(): Promise<void>;
}

/** Serves n8n's binary storage under signed URLs, as the server does, on loopback. */
export async function startInstance(): Promise<Instance> {
	let fetches = 0;
	const served: Array<{ readonly mediaType: string; readonly fileName: string }> = [];
	const server = createServer((request, response) => {
		const serve = async (): Promise<void> => {
			const token = new URL(request.url ?? '/', 'http://n8n').searchParams.get('token') ?? '';
			const service = Container.get(BinaryDataService);
			const id = service.validateSignedToken(token);
			const { mimeType, fileName } = await service.getMetadata(id);
			fetches++;
			served.push({ mediaType: mimeType ?? '', fileName: fileName ?? '' });
			response.writeHead(200, { 'content-type': mimeType ?? 'application/octet-stream' });
			(await service.getAsStream(id)).pipe(response);
		};
		serve().catch(() => response.writeHead(400).end());
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		restApiUrl: `http://127.0.0.1:${port}/rest`,
		fetches: () => fetches,
		served: () => served,
		close: async () => {
			await new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			});
		},
	};
}
