import type { ReferenceFile } from '../../core/request';
import { pathSegment } from '../../core/urls';
import type { ApiRequest, SubmitInput } from '../../core/vendor';

/** For so long a signed upload address is good: an upload and its repetitions take a few minutes. */
const uploadLifeSeconds = 3600;

/** `aspect_ratio` is a free text of which `auto` is not known, so auto leaves the field out. */
export function submitRequest({ request, idempotencyKey }: SubmitInput): ApiRequest {
	const isEdit = request.operation === 'edit';
	return {
		method: 'POST',
		path: '/api/v1/images/generate',
		headers: { 'Idempotency-Key': idempotencyKey },
		body: {
			kind: 'json',
			value: {
				model: request.vendorModel,
				type: isEdit ? 'image-to-image' : 'text-to-image',
				prompt: request.prompt,
				...(isEdit ? { image_urls: request.referenceUrls } : {}),
				num_images: request.imagesInTask,
				...(request.aspectRatio === 'auto' ? {} : { aspect_ratio: request.aspectRatio }),
				...(request.resolution === undefined ? {} : { resolution: request.resolution }),
				...(request.outputFormat === undefined ? {} : { output_format: request.outputFormat }),
			},
		},
	};
}

export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'GET', path: `/api/v1/images/${pathSegment(taskId)}` };
}

/** Asks for a signed address to PUT the bytes to: the vendor's other way wants them as base64 in JSON. */
export function uploadUrlRequest(file: ReferenceFile): ApiRequest {
	return {
		method: 'POST',
		path: '/api/v1/files/upload-url',
		body: {
			kind: 'json',
			value: {
				filename: file.fileName,
				content_type: file.mediaType,
				file_size: file.size,
				expires_in: uploadLifeSeconds,
			},
		},
	};
}

export function getBalanceRequest(): ApiRequest {
	return { method: 'GET', path: '/api/v1/account/balances' };
}
