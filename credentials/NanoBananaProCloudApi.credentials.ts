import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { commonBlocks, commonRefusals, keyTestRules, keyTestStatuses } from './keyTest';
import { bearerHeader, testBaseUrl } from './pastedText';

export class NanoBananaProCloudApi implements ICredentialType {
	name = 'nanoBananaProCloudApi';

	displayName = 'Nano Banana Pro Cloud API';

	icon: Icon = {
		light: 'file:../icons/nanoBananaProCloud.svg',
		dark: 'file:../icons/nanoBananaProCloud.dark.svg',
	};

	documentationUrl = 'https://nanobananapro.cloud/nano-banana-api';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From the Member Center of <a href="https://nanobananapro.cloud" target="_blank">nanobananapro.cloud</a>, under API Keys',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://nanobananapro.cloud',
			description:
				'URL of the vendor’s API. Change it only to use a relay in front of the API. The URL can have a path.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: bearerHeader } },
	};

	/**
	 * Asks for a task that does not exist. The vendor answers 400 or 500 only after it has checked the key.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testBaseUrl,
			method: 'POST',
			url: '/api/v1/image/nano-banana/result',
			body: { taskId: 'key-check' },
			ignoreHttpStatusErrors: keyTestStatuses(500),
			json: true,
			disableFollowRedirect: true,
		},
		rules: keyTestRules(
			{ vendor: 'Nano Banana Pro Cloud', keysPage: 'https://nanobananapro.cloud' },
			[...commonRefusals, ...commonBlocks],
		),
	};
}
