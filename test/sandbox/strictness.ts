import { z } from 'zod';
import { refusal, type ApiRequest } from './exchange';
import { commonRatios, extremeRatios } from './pictureSizes';

/** The field checks that several vendors share. */
export const fields = {
	prompt: (longest = 32_000) =>
		z
			.string()
			.max(longest)
			.refine((text) => text.trim() !== '', 'must not be empty'),
	httpUrl: () => z.string().refine(isHttpUrl, 'must be an http(s) URL'),
	httpUrls: (most: number) => z.array(fields.httpUrl()).max(most),
	ratio: () => z.enum(commonRatios),
	ratioOrAuto: () => z.enum([...commonRatios, 'auto']),
	anyRatioOrAuto: () => z.enum([...commonRatios, ...extremeRatios, 'auto']),
	resolution: () => z.enum(['1K', '2K', '4K']),
};

/** Reads the JSON of a request by a strict schema; refuses whatever the schema does not name. */
export function readJson<Schema extends z.ZodTypeAny>(
	request: ApiRequest,
	schema: Schema,
	codes: { json?: string; field?: (path: string) => string | undefined } = {},
): z.output<Schema> {
	const { body } = request;
	if (body.kind === 'brokenJson') throw refusal('the body is not JSON', codes.json);
	if (body.kind !== 'json') {
		const sent = body.kind === 'other' ? body.mediaType : body.kind;
		throw refusal(`the content type must be application/json, not ${sent}`, codes.json);
	}
	return checkFields(body.value, schema, codes.field);
}

/** Checks a value by a strict schema. */
export function checkFields<Schema extends z.ZodTypeAny>(
	value: unknown,
	schema: Schema,
	code?: (path: string) => string | undefined,
): z.output<Schema> {
	const result = schema.safeParse(value) as z.SafeParseReturnType<unknown, z.output<Schema>>;
	if (result.success) return result.data;
	const reasons = result.error.issues.map(
		(issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`,
	);
	const first = result.error.issues[0]?.path.join('.') ?? '';
	throw refusal(reasons.join('; '), code?.(first));
}

/** Refuses query parameters that the contract does not name. */
export function checkQuery(request: ApiRequest, ...known: readonly string[]): void {
	for (const name of request.query.keys()) {
		if (!known.includes(name)) throw refusal(`unknown query parameter ${name}`);
	}
}

/** Refuses a body where there is none to send. */
export function checkNoBody(request: ApiRequest): void {
	const { body } = request;
	// Clients that set the type of an empty JSON body break nothing.
	if (body.kind === 'none' || (body.kind === 'brokenJson' && body.text === '')) return;
	throw refusal('this request has no body');
}

function isHttpUrl(text: string): boolean {
	try {
		return ['http:', 'https:'].includes(new URL(text).protocol);
	} catch {
		return false;
	}
}
