import { pathSegment } from '../../core/urls';
import type { ApiRequest, SubmitInput } from '../../core/vendor';

/** `auto` is a ratio of the vendor's own. */
export function submitRequest({ request }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: '/api/v1/runs',
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				input: {
					prompt: request.prompt,
					aspect_ratio: request.aspectRatio,
					...(request.resolution === undefined ? {} : { resolution: request.resolution }),
					...(request.operation === 'edit' ? { image_urls: request.referenceUrls } : {}),
				},
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/api/v1/runs/${pathSegment(taskId)}` };
}
