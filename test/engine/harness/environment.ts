import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * What n8n-core reads from the environment when it is first loaded, so this module is imported before
 * it: a user folder of its own, and binary data on disk as in production.
 */
const userFolder = mkdtempSync(path.join(tmpdir(), 'nano-banana-engine-'));

Object.assign(process.env, {
	N8N_USER_FOLDER: userFolder,
	N8N_ENCRYPTION_KEY: 'engine-tests-encryption-key',
	N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
	N8N_AVAILABLE_BINARY_DATA_MODES: 'filesystem',
	N8N_BINARY_DATA_STORAGE_PATH: path.join(userFolder, 'binaryData'),
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_LOG_LEVEL: 'silent',
	N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
});

afterAll(async () => {
	await rm(userFolder, { recursive: true, force: true });
});
