import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type IHttpRequestOptions,
	type INode,
	type Workflow,
} from 'n8n-workflow';

import { testedVendors } from '../../vendors';
import { authenticated } from '../../vendors/authenticate';

/** Credentials as the tests give them; each request is authenticated as the credential type says. */
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
		type: string,
		request: IHttpRequestOptions,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const { credential } = testedVendors.find((vendor) => vendor.credential.name === type) ?? {};
		if (credential === undefined) throw new Error(`No credential type ${type}`);
		return await authenticated(credential, credentials, request, workflow, node);
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
