import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialReferences } from '../../e2e/money/workflows';
import { startSandbox, type Sandbox, type VendorId } from '../../sandbox';
import { atTheEnd } from '../../server/endings';
import { installN8n } from '../../server/installN8n';
import { N8nClient } from '../../server/n8nClient';
import { readyPathsOfMain, startN8n, type N8nServer } from '../../server/n8nServer';
import type { Release } from '../../server/releases';
import { owner } from '../../server/stage';
import { ensurePrograms } from '../../server/debianPackages';
import { postgres, startPostgres } from './postgres';
import { redis, startRedis } from './redis';
import { cancelingVendor, credentialTypeOf, uploadingVendor } from '../../vendors/roles';

/** An n8n in queue mode: one main, several workers, and the sandbox that plays the vendors. */
export interface QueueStage {
	main: N8nServer;
	workers: N8nServer[];
	client: N8nClient;
	sandbox: Sandbox;
	credentials: ReadonlyMap<VendorId, CredentialReferences>;
}

export const workerCount = 2;
export const slotsPerWorker = 5;

/** The vendors that can call back. */
export const vendors = {
	[cancelingVendor]: credentialTypeOf(cancelingVendor),
	[uploadingVendor]: credentialTypeOf(uploadingVendor),
};
export type QueueVendor = VendorId;

/** Installs what is missing and starts all of it; it stops when this process ends. */
export async function openQueueStage(
	release: Release,
	queueEnvironment: Readonly<Record<string, string>>,
): Promise<QueueStage> {
	await ensurePrograms([redis, postgres]);
	const installation = await installN8n(release);
	const startedAt = Date.now();
	console.log(
		`Starting Redis, PostgreSQL, n8n ${installation.version} and ${workerCount} workers …`,
	);
	const folder = mkdtempSync(join(tmpdir(), 'nano-banana-vendors-queue-'));
	atTheEnd(() => {
		rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
	});
	const sandbox = await startSandbox({ allowPrivateCallbacks: true, flatPictures: true });
	atTheEnd(() => sandbox.close());
	const [redisPort, database] = await Promise.all([startRedis(folder), startPostgres(folder)]);
	const shared: Record<string, string> = {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(database.port),
		DB_POSTGRESDB_USER: database.user,
		DB_POSTGRESDB_PASSWORD: database.password,
		DB_POSTGRESDB_DATABASE: database.database,
		...queueEnvironment,
	};
	const main = await startN8n(installation, {
		role: {
			name: 'queue-main',
			parameters: ['start'],
			environment: (port) => ({ ...shared, WEBHOOK_URL: `http://127.0.0.1:${port}/` }),
			readyPaths: readyPathsOfMain,
		},
	});
	const workers = await Promise.all(
		Array.from({ length: workerCount }, (_, index) =>
			startN8n(installation, {
				role: {
					name: `queue-worker-${index + 1}`,
					parameters: ['worker', `--concurrency=${slotsPerWorker}`],
					environment: (port) => ({
						...shared,
						// The address that a vendor calls back is written by a worker and answered by main.
						WEBHOOK_URL: `${main.url}/`,
						QUEUE_HEALTH_CHECK_ACTIVE: 'true',
						QUEUE_HEALTH_CHECK_PORT: String(port),
						N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
					}),
					readyPaths: ['/healthz/readiness'],
				},
			}),
		),
	);
	const client = new N8nClient(main.url);
	await client.setUpOwner(owner);
	const credentials = new Map<VendorId, CredentialReferences>();
	for (const [vendor, type] of Object.entries(vendors)) {
		const data = { apiKey: sandbox.settings.apiKey, baseUrl: sandbox.baseUrl(vendor) };
		const id = await client.createCredential({ name: vendor, type, data });
		credentials.set(vendor, { [type]: { id, name: vendor } });
	}
	console.log(`  ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
	return { main, workers, client, sandbox, credentials };
}
