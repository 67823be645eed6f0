import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { ApiServer } from './apiServer';
import { CallbackSender } from './callbacks';
import { serveControl } from './control';
import { Faults } from './faults';
import { serveFilesOrigin } from './files';
import { Ledger } from './ledger';
import { RequestLimits } from './limits';
import { ReferenceFetcher } from './references';
import { createSettings, type SandboxOptions, type SandboxSettings } from './settings';
import { TaskStore } from './tasks';
import type { VendorId } from './types';
import { Uploads } from './uploads';
import { createVendors, partOf, vendorIds } from './vendors';
import type { World } from './world';

export { decodedSize } from './decodeImage';
export { faultApplies, vendorHasVerb } from './faultApplies';
export { faultNames, faultTable } from './faultTable';
export type { FaultKind, FaultName } from './faultTable';
export type { ActiveFault, Faults, FaultSpecification } from './faults';
export type * from './ledger';
export { pixelSize } from './pictureSizes';
export type { SandboxOptions, SandboxSettings, TaskDuration } from './settings';
export { verbs } from './types';
export type { TaskPhase, Verb, VendorId } from './types';
export { vendorIds } from './vendors';

/** A running sandbox. */
export interface Sandbox {
	/** Origin of the vendors, without a slash at its end. */
	readonly url: string;
	/** Origin of the results and uploads, without a slash at its end. */
	readonly filesUrl: string;
	readonly ledger: Ledger;
	readonly faults: Faults;
	/** May be changed at any time. */
	readonly settings: SandboxSettings;
	/** What a credential of this vendor has as its base URL. */
	baseUrl(vendor: VendorId): string;
	/** Ends all tasks that are in flight, the last one first. With `taskDurationMs: Infinity` none ends before. */
	finishTasks(): void;
	/** Forgets tasks, ledger, uploads and faults, and takes back changed settings. */
	reset(): void;
	/** Stops everything, hanging connections included. */
	close(): Promise<void>;
}

const loopback = '127.0.0.1';

/** Starts the sandbox: the vendors on one origin, their files on another. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const closing = new AbortController();
	const dispatcher = new Agent({ keepAliveTimeout: 1_000, connections: 64 });
	const balances = Object.fromEntries(vendorIds.map((id) => [id, partOf(id).balance]));
	const settings = createSettings(options, balances);
	const world = createWorld(settings, dispatcher);
	const limits = new RequestLimits(settings);
	const api = new ApiServer(world, limits, closing.signal);

	const reset = () => {
		world.callbacks.clear();
		world.tasks.clear();
		world.uploads.clear();
		world.faults.clear();
		world.ledger.clear();
		limits.clear();
		for (const vendor of world.vendors.values()) vendor.forget?.();
		Object.assign(settings, createSettings(options, balances));
	};
	const apiServer = createServer(
		guarded(async (incoming, response, url) => {
			if (url.pathname.startsWith('/__sandbox__')) {
				await serveControl(world, reset, incoming, response, url);
			} else {
				await api.handle(incoming, response, url);
			}
		}),
	);
	const filesServer = createServer(
		guarded((incoming, response, url) => serveFilesOrigin(world, incoming, response, url)),
	);
	const port = await listen(apiServer, options.port ?? 0);
	const filesPort = await listen(filesServer, options.filesPort ?? 0);
	world.url = `http://${loopback}:${port}`;
	world.filesUrl = `http://${options.filesHost ?? 'localhost'}:${filesPort}`;

	return {
		url: world.url,
		filesUrl: world.filesUrl,
		ledger: world.ledger,
		faults: world.faults,
		settings,
		baseUrl: (vendor) => `${world.url}/${partOf(vendor).folder}`,
		finishTasks: () => world.tasks.finishAll(),
		reset,
		async close() {
			closing.abort();
			world.tasks.clear();
			await world.callbacks.close();
			await Promise.all([stop(apiServer), stop(filesServer)]);
			await dispatcher.destroy();
		},
	};
}

function createWorld(settings: SandboxSettings, dispatcher: Agent): World {
	// The parts know one another, so they are put in one after the other.
	const world = { settings, ledger: new Ledger(), faults: new Faults() } as World;
	world.tasks = new TaskStore(world);
	world.uploads = new Uploads(world);
	world.callbacks = new CallbackSender(world, dispatcher);
	world.references = new ReferenceFetcher(settings, dispatcher);
	world.vendors = createVendors(world);
	return world;
}

type Handler = (incoming: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

function guarded(handler: Handler) {
	return (incoming: IncomingMessage, response: ServerResponse): void => {
		const url = new URL(incoming.url ?? '/', 'http://sandbox.invalid');
		handler(incoming, response, url).catch((error: unknown) => {
			// A client that went away in the middle is no mistake of the sandbox.
			if (incoming.destroyed || response.headersSent) {
				response.destroy();
				return;
			}
			response.writeHead(599, { 'content-type': 'text/plain' });
			response.end(error instanceof Error ? error.stack : String(error));
		});
	};
}

function listen(server: Server, port: number): Promise<number> {
	// It would close an idle connection in the moment in which a busy process sends the next request.
	server.keepAliveTimeout = 0;
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, loopback, () => {
			server.removeListener('error', reject);
			resolve((server.address() as AddressInfo).port);
		});
	});
}

function stop(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}
