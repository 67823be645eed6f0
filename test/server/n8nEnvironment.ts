import { join } from 'node:path';
import type { N8nInstallation } from './installN8n';
import { environmentWith } from './node24';

const keptVariables =
	/^(PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TEMP|TMP|TMPDIR|LANG|TZ)$/i;

const quietAndClosed = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
	N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_SECURE_COOKIE: 'false',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
};

/** Where one process of n8n listens and writes. */
export interface N8nPlace {
	userFolder: string;
	detailedLogFile: string;
	port: number;
	brokerPort: number;
}

/** The only folder whose files workflows may read and write; it is not there at first. */
export function filesFolderOf(userFolder: string): string {
	return join(userFolder, 'files');
}

/**
 * The environment of any process of n8n: nothing of ours but what programs need, no request to the
 * outside, listening on the loopback only.
 */
export function n8nEnvironment(
	installation: N8nInstallation,
	{ userFolder, detailedLogFile, port, brokerPort }: N8nPlace,
): NodeJS.ProcessEnv {
	const kept = Object.entries(environmentWith(installation.node)).filter(([name]) =>
		keptVariables.test(name),
	);
	return {
		...Object.fromEntries(kept),
		...quietAndClosed,
		N8N_DISABLED_MODULES: installation.release.disabledModules.join(','),
		N8N_LOG_LEVEL: 'info',
		N8N_LOG_OUTPUT: 'console,file',
		N8N_LOG_FILE_LOCATION: detailedLogFile,
		N8N_USER_FOLDER: userFolder,
		N8N_RESTRICT_FILE_ACCESS_TO: filesFolderOf(userFolder),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
	};
}
