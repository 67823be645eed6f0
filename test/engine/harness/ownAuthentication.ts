import type {
	IAuthenticateGeneric,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INode,
	Workflow,
} from 'n8n-workflow';

import { TestCredentialsHelper } from './credentialsHelper';

/** Puts the key into requests as a credential type itself declares it, after n8n's CredentialsHelper. */
export class OwnAuthentication extends TestCredentialsHelper {
	constructor(
		private readonly type: ICredentialType,
		data: ICredentialDataDecryptedObject,
	) {
		super({ [type.name]: data });
	}

	override async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_type: string,
		request: IHttpRequestOptions,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		if (workflow === undefined || node === undefined) throw new Error('n8n-core gives both');
		const { headers = {} } = (this.type.authenticate as IAuthenticateGeneric).properties;
		const resolved = Object.entries(headers).map(([name, value]) => [
			name,
			workflow.expression.getSimpleParameterValue(node, value as string, 'internal', {
				$credentials: credentials,
			}),
		]);
		return await Promise.resolve({
			...request,
			headers: { ...request.headers, ...(Object.fromEntries(resolved) as object) },
		});
	}
}
