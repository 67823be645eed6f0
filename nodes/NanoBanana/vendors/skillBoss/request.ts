import { pathSegment } from '../../core/urls';
import type { ApiRequest, SubmitInput } from '../../core/vendor';

/** `aspect_ratio: "auto"` is not confirmed by the vendor's page, so auto leaves the field out. */
export function submitRequest({ request, callbackUrl }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: '/v1/run',
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				async: true,
				inputs: {
					prompt: request.prompt,
					image_urls: request.operation === 'edit' ? request.referenceUrls : [],
					...(request.resolution === undefined ? {} : { image_size: request.resolution }),
					...(request.aspectRatio === 'auto' ? {} : { aspect_ratio: request.aspectRatio }),
				},
				...(callbackUrl === undefined ? {} : { webhook_url: callbackUrl }),
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/v1/run/status/${pathSegment(taskId)}` };
}

export function cancelTaskRequest(taskId: string): ApiRequest {
	return { method: 'POST', path: `/v1/run/cancel/${pathSegment(taskId)}` };
}
