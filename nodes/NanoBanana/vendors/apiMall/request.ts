import type { ReferenceFile } from '../../core/request';
import { pathSegment } from '../../core/urls';
import type { SubmitInput, TaskInput, VendorRequest } from '../../core/vendor';

/** `aspect_ratio` is a free text of which `auto` is not known, so auto leaves the field out. */
export function submitRequest({ request, idempotencyKey }: SubmitInput): VendorRequest {
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

export function getTaskRequest({ taskId }: TaskInput): VendorRequest {
	return { method: 'GET', path: `/api/v1/images/${pathSegment(taskId)}` };
}

/** The vendor's other way, a URL to PUT the bytes to, would take two requests. */
export function uploadReferenceRequest(file: ReferenceFile): VendorRequest {
	const { buffer, byteOffset, byteLength } = file.bytes;
	return {
		method: 'POST',
		path: '/api/v1/files/base64',
		body: {
			kind: 'json',
			value: {
				data: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
				filename: file.fileName,
				content_type: file.mediaType,
			},
		},
	};
}

export function getBalanceRequest(): VendorRequest {
	return { method: 'GET', path: '/api/v1/account/balances' };
}
