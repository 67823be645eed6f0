import type { VendorRequest } from '../../nodes/NanoBanana/core/vendor';
import { objectOf } from '../../nodes/NanoBanana/core/tolerant';

/** The JSON body of a request, as it will be read at the other end. */
export function jsonBody(request: VendorRequest): Readonly<Record<string, unknown>> {
	if (request.body?.kind !== 'json') throw new Error('The request has no JSON body');
	return JSON.parse(JSON.stringify(request.body.value)) as Readonly<Record<string, unknown>>;
}

/** The text fields of a multipart body. */
export function formFields(request: VendorRequest): Readonly<Record<string, unknown>> {
	if (request.body?.kind !== 'multipart') throw new Error('The request has no multipart body');
	return Object.fromEntries(
		request.body.parts.flatMap((part) => ('value' in part ? [[part.name, part.value]] : [])),
	);
}

export function fieldsOf(request: VendorRequest): Readonly<Record<string, unknown>> {
	return request.body?.kind === 'multipart' ? formFields(request) : jsonBody(request);
}

export function nested(
	body: Readonly<Record<string, unknown>>,
	name: string,
): Readonly<Record<string, unknown>> {
	return objectOf(body[name]) ?? {};
}
