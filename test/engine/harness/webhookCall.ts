import type { IDataObject } from 'n8n-workflow';
import type { ServerResponse } from 'node:http';

/** The bytes of a body, which n8n keeps beside what it has parsed. */
const rawBodies = new WeakMap<IDataObject, Buffer>();

/** What a server of n8n does with a body before a webhook sees it; undefined where it refuses it. */
export function parseBody(body: string): IDataObject | undefined {
	try {
		const parsed = JSON.parse(body) as IDataObject;
		// A text or null has no place to keep them, and is no body of a vendor's anyway.
		if (Object(parsed) === parsed) rawBodies.set(parsed, Buffer.from(body));
		return parsed;
	} catch {
		return undefined;
	}
}

/** The request and the response as a webhook gets them: of Express's, the calls that the nodes make. */
export function webhookCall(body: IDataObject, response: ServerResponse, query: IDataObject = {}) {
	const httpResponse = {
		get headersSent() {
			return response.headersSent;
		},
		status(code: number) {
			response.statusCode = code;
			return httpResponse;
		},
		json(answered: unknown) {
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(answered));
			return httpResponse;
		},
	};
	return {
		httpRequest: { headers: {}, params: {}, query, body, rawBody: rawBodies.get(body) },
		httpResponse,
	};
}
