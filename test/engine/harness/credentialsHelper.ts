import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type IHttpRequestOptions,
} from 'n8n-workflow';

/**
 * Credentials as the tests give them. The header is the one that every credential type of the package
 * declares (its own tests check that); n8n's real resolver of it lives in the server, not in n8n-core.
 */
export class TestCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly credentials: Readonly<Record<string, ICredentialDataDecryptedObject>>,
		private readonly whileDecrypting?: () => Promise<void>,
	) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_type: string,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const authorization = `Bearer ${credentials.apiKey as string}`;
		return await Promise.resolve({
			...request,
			headers: { ...request.headers, Authorization: authorization },
		});
	}

	async preAuthentication(): Promise<undefined> {
		return await Promise.resolve(undefined);
	}

	async runPreAuthentication(): Promise<undefined> {
		return await Promise.resolve(undefined);
	}

	async getCredentials(): Promise<ICredentials> {
		return await Promise.reject(new Error('The tests keep no encrypted credentials'));
	}

	async getDecrypted(
		_additionalData: unknown,
		_nodeCredentials: unknown,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const data = this.credentials[type];
		await this.whileDecrypting?.();
		if (data === undefined) throw new Error(`No credential of type ${type}`);
		return data;
	}

	async updateCredentials(): Promise<void> {
		await Promise.resolve();
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		await Promise.resolve();
	}

	getCredentialsProperties(): [] {
		return [];
	}
}
