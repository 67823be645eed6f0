import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { commonBlocks, commonRefusals, keyTestRules, keyTestStatuses } from './keyTest';
import { bearerHeader, testBaseUrl } from './pastedText';

export class RunbaseApi implements ICredentialType {
	name = 'runbaseApi';

	displayName = 'Runbase API';

	icon: Icon = { light: 'file:../icons/runbase.svg', dark: 'file:../icons/runbase.dark.svg' };

	documentationUrl = 'https://runbase.net/google/nano-banana-pro/api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From the dashboard of <a href="https://runbase.net" target="_blank">runbase.net</a>, under API keys',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://runbase.net',
			description:
				'URL of the vendor’s API. Change it only to use a relay in front of the API. The URL can have a path.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: bearerHeader } },
	};

	/** Asks for a run that does not exist: 401 for a bad key, 403 for a blocked one, 404 for a good one. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testBaseUrl,
			url: '/api/v1/runs/run_does_not_exist',
			ignoreHttpStatusErrors: keyTestStatuses(),
			json: true,
			disableFollowRedirect: true,
		},
		rules: keyTestRules(
			{
				vendor: 'Runbase',
				keysPage: 'https://runbase.net',
				blockedHint: 'Check its spend limit and its allowed IP addresses in the dashboard.',
			},
			[
				...commonRefusals,
				...commonBlocks,
				['error.code', 'api_key_spend_limit_exceeded', 'blocked'],
				['error.code', 'ip_not_allowed', 'blocked'],
				['error', undefined, 'wrongAddress'],
			],
		),
	};
}
