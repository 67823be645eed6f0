import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { commonBlocks, commonRefusals, keyTestRules, keyTestStatuses } from './keyTest';
import { bearerHeader, testBaseUrl } from './pastedText';

export class ApiMallApi implements ICredentialType {
	name = 'apiMallApi';

	displayName = 'API Mall API';

	icon: Icon = { light: 'file:../icons/apiMall.svg', dark: 'file:../icons/apiMall.dark.svg' };

	documentationUrl = 'https://www.apimall.ai/docs/model-guides/image-models/nano-banana-pro';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From <a href="https://www.apimall.ai/api-keys" target="_blank">apimall.ai/api-keys</a>. API Mall has to approve the account for API access.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://gateway.apimall.ai',
			description:
				'URL of the vendor’s API. Change it only to use a relay in front of the API. The URL can have a path.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: bearerHeader } },
	};

	/** Asks for the balances: 401 for a bad key, 403 where API access is not approved yet. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testBaseUrl,
			url: '/api/v1/account/balances',
			ignoreHttpStatusErrors: keyTestStatuses(),
			json: true,
			disableFollowRedirect: true,
		},
		rules: keyTestRules(
			{
				vendor: 'API Mall',
				keysPage: 'https://www.apimall.ai/api-keys',
				blockedHint:
					'Ask API Mall to approve the account for API access, and check the base URL: API Mall’s own is https://gateway.apimall.ai.',
			},
			[
				...commonRefusals,
				...commonBlocks,
				['success', false, 'notAccepted'],
				['success', undefined, 'wrongAddress'],
			],
		),
	};
}
