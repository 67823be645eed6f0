import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
	Icon,
} from 'n8n-workflow';
import { commonBlocks, commonRefusals, keyTestRules, keyTestStatuses } from './keyTest';
import { bearerHeader, testBaseUrl } from './pastedText';

const unknownTaskId = '0'.repeat(32);

export class SkillBossApi implements ICredentialType {
	name = 'skillBossApi';

	displayName = 'SkillBoss API';

	icon: Icon = { light: 'file:../icons/skillBoss.svg', dark: 'file:../icons/skillBoss.dark.svg' };

	documentationUrl = 'https://www.skillboss.co/api-docs/nano-banana-pro';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'A wholesale key from the wholesale dashboard of <a href="https://www.skillboss.co" target="_blank">skillboss.co</a>. Ordinary console keys are refused.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.skillboss.co',
			description:
				'URL of the vendor’s API. Change it only to use a relay in front of the API. The URL can have a path.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: bearerHeader } },
	};

	/** Asks for a task that does not exist: 401 for a bad key, 404 for a good one. */
	test: ICredentialTestRequest = {
		request: {
			baseURL: testBaseUrl,
			url: `/v1/run/status/${unknownTaskId}`,
			ignoreHttpStatusErrors: keyTestStatuses(),
			json: true,
			disableFollowRedirect: true,
		},
		rules: keyTestRules(
			{
				vendor: 'SkillBoss',
				keysPage: 'https://www.skillboss.co',
				refusedHint: 'It must be a wholesale key: console keys do not work here.',
			},
			[...commonRefusals, ...commonBlocks],
		),
	};
}
