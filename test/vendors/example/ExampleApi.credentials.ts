import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';
import {
	commonBlocks,
	commonRefusals,
	keyTestRules,
	keyTestStatuses,
} from '../../../credentials/keyTest';
import { pastedKey, testBaseUrl } from '../../../credentials/pastedText';

/** Stands in `credentials/` for a real vendor, with a light and a dark icon in `icons/`. */
export class ExampleApi implements ICredentialType {
	name = 'exampleApi';

	displayName = 'Example Images API';

	documentationUrl = 'https://images.example/docs';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'From <a href="https://images.example/keys" target="_blank">images.example/keys</a>',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.images.example',
			description:
				'URL of the vendor’s API. Change it only to use a relay in front of the API. The URL can have a path.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { 'X-Example-Key': `=Key {{ ${pastedKey} }}` } },
	};

	/** Asks for a task that does not exist: 401 for a bad key, 403 for a blocked one, 404 for a good one. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testBaseUrl,
			url: '/v2/tasks/nano-banana-pro.00000000/state',
			ignoreHttpStatusErrors: keyTestStatuses(),
			json: true,
			disableFollowRedirect: true,
		},
		rules: keyTestRules({ vendor: 'Example Images', keysPage: 'https://images.example/keys' }, [
			...commonRefusals,
			...commonBlocks,
			['detail.0.type', 'wrong_key', 'refused'],
			['detail.0.type', 'blocked_key', 'blocked'],
			['detail', undefined, 'wrongAddress'],
		]),
	};
}
