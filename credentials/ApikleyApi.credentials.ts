import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { commonBlocks, commonRefusals, keyTestRules, keyTestStatuses } from './keyTest';
import { bearerHeader, testBaseUrl } from './pastedText';

export class ApikleyApi implements ICredentialType {
	name = 'apikleyApi';

	displayName = 'Apikley API';

	icon: Icon = { light: 'file:../icons/apikley.svg', dark: 'file:../icons/apikley.dark.svg' };

	documentationUrl = 'https://docs.apikley.ru/Google/google-pro-image-to-image';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From <a href="https://app.apikley.ru/keys" target="_blank">app.apikley.ru/keys</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.apikley.ru',
			description:
				'URL of the vendor’s API. Change it only to use a relay in front of the API. The URL can have a path.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: bearerHeader } },
	};

	/** Asks for the credit that is left; the HTTP status is 200 even for a bad key, so the body's code decides. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testBaseUrl,
			url: '/api/v1/chat/credit',
			ignoreHttpStatusErrors: keyTestStatuses(),
			json: true,
			disableFollowRedirect: true,
		},
		rules: keyTestRules({ vendor: 'Apikley', keysPage: 'https://app.apikley.ru/keys' }, [
			...commonRefusals,
			...commonBlocks,
			['code', 402, 'noCredit'],
			['code', 404, 'wrongAddress'],
			['code', 422, 'wrongAddress'],
			['code', 429, 'busy'],
			['code', 455, 'unavailable'],
			['code', 500, 'unavailable'],
			['code', 505, 'unavailable'],
			['code', undefined, 'wrongAddress'],
		]),
	};
}
