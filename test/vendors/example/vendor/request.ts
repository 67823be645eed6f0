import { pathSegment } from '../../../../nodes/NanoBanana/core/urls';
import type {
	ApiRequest,
	ReferenceFile,
	SubmitInput,
} from '../../../../nodes/NanoBanana/core/vendor';

/** The model stands in the path, and the address to call in the query. Auto leaves the ratio out. */
export function submitRequest({ request, callbackUrl }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: `/v2/models/${pathSegment(request.vendorModel)}/images`,
		...(callbackUrl === undefined ? {} : { query: { notify: callbackUrl } }),
		body: {
			kind: 'json',
			value: {
				...request.additionalFields,
				text: request.prompt,
				count: request.imagesInTask,
				...(request.operation === 'edit' ? { images: request.referenceUrls } : {}),
				...(request.aspectRatio === 'auto' ? {} : { ratio: request.aspectRatio }),
				...(request.resolution === undefined ? {} : { size: request.resolution }),
				...(request.outputFormat === undefined ? {} : { type: request.outputFormat }),
			},
		},
	};
}

export function stateRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/v2/tasks/${pathSegment(taskId)}/state` };
}

export function resultRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/v2/tasks/${pathSegment(taskId)}/result` };
}

export function cancelRequest(taskId: string): ApiRequest {
	return { method: 'PUT', path: `/v2/tasks/${pathSegment(taskId)}/cancel` };
}

export function uploadRequest(file: ReferenceFile): ApiRequest {
	return {
		method: 'POST',
		path: '/v2/uploads',
		body: {
			kind: 'json',
			value: { name: file.fileName, type: file.mediaType, bytes: file.size },
		},
	};
}
