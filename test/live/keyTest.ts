import type { ICredentialType } from 'n8n-workflow';

import type { JsonObject, VendorRequest, VendorResponse } from '../../nodes/NanoBanana/core/vendor';

/** The very request that the credential's Test button sends, without the key. */
export function keyTestRequest(type: ICredentialType): VendorRequest {
	const { method, url, body } = testOf(type).request;
	if (url === undefined) throw new Error(`The test of ${type.name} has no path`);
	return {
		method: method === 'POST' ? 'POST' : 'GET',
		path: url,
		...(body === undefined ? {} : { body: { kind: 'json', value: body as JsonObject } }),
	};
}

/** What the credential's test would say against the key; undefined: nothing. */
export function objectionToKey(
	type: ICredentialType,
	response: VendorResponse,
): string | undefined {
	const { request, rules = [] } = testOf(type);
	const { ignoreHttpStatusErrors: ignored } = request;
	const refusedStatuses = typeof ignored === 'object' ? ignored.except : [];
	if (refusedStatuses.includes(response.status)) {
		const rule = rules.find(
			(each) => each.type === 'responseCode' && each.properties.value === response.status,
		);
		return rule?.properties.message ?? `HTTP ${response.status}`;
	}
	const body = response.json ?? response.text;
	return rules.find(
		(each) =>
			each.type === 'responseSuccessBody' &&
			memberAt(body, each.properties.key) === each.properties.value,
	)?.properties.message;
}

/** The vendor's own address, as the credential has it by default. */
export function defaultBaseUrl(type: ICredentialType): string {
	const property = type.properties.find(({ name }) => name === 'baseUrl');
	if (typeof property?.default !== 'string') throw new Error(`${type.name} has no base URL`);
	return property.default;
}

function testOf(type: ICredentialType): NonNullable<ICredentialType['test']> {
	if (type.test === undefined) throw new Error(`${type.name} has no test`);
	return type.test;
}

/** As n8n looks, with lodash's `get`: what an object inherits is found too. */
function memberAt(body: unknown, key: string): unknown {
	return key
		.split('.')
		.reduce<unknown>(
			(value, name) =>
				value === undefined || value === null
					? undefined
					: (Object(value) as Record<string, unknown>)[name],
			body,
		);
}
