import type { ReferenceFile } from '../../core/request';
import type { ApiRequest, SubmitInput } from '../../core/vendor';

/** `auto` is sent as itself: leaving `aspect_ratio` out means 1:1 (the page's default). */
export function submitRequest({ request, callbackUrl }: SubmitInput): ApiRequest {
	return {
		method: 'POST',
		path: '/api/v1/jobs/createTask',
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				...(callbackUrl === undefined ? {} : { callBackUrl: callbackUrl }),
				input: {
					prompt: request.prompt,
					image_input: request.operation === 'edit' ? request.referenceUrls : [],
					aspect_ratio: request.aspectRatio,
					...(request.resolution === undefined ? {} : { resolution: request.resolution }),
					...(request.outputFormat === undefined ? {} : { output_format: request.outputFormat }),
				},
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: '/api/v1/jobs/recordInfo', query: { taskId } };
}

/**
 * The upstream overwrites files of the same name; the platform gives each reference one of its own.
 * The fields stand before the file, so that a server that reads the form as a stream knows them in time.
 */
export function uploadReferenceRequest(file: ReferenceFile): ApiRequest {
	return {
		method: 'POST',
		path: '/file-upload/api/file-stream-upload',
		body: {
			kind: 'multipart',
			parts: [
				{ name: 'uploadPath', value: 'n8n-nano-banana' },
				{ name: 'fileName', value: file.fileName },
				{ name: 'file', file },
			],
		},
	};
}

export function getBalanceRequest(): ApiRequest {
	return { method: 'GET', path: '/api/v1/chat/credit' };
}
