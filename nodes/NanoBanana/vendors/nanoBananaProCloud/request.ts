import type { ImageRequest } from '../../core/request';
import type { ApiRequest, MultipartPart, SubmitInput } from '../../core/vendor';

const path = '/api/v1/image/nano-banana';

/**
 * `imageUrl` is read only where no file comes along, so with files it is left out. `isPublic` is true
 * where it is not sent: images would be published.
 */
export function submitRequest({ request }: SubmitInput): ApiRequest {
	const fields = fieldsOf(request);
	if (request.operation === 'edit' && request.referenceFiles.length > 0) {
		const parts: MultipartPart[] = Object.entries(fields).map(([name, value]) => ({ name, value }));
		const files = request.referenceFiles.map((file) => ({ name: 'imageFile', file }));
		return {
			method: 'POST',
			path,
			body: {
				kind: 'multipart',
				parts: [...parts, { name: 'isPublic', value: 'false' }, ...files],
			},
		};
	}
	const hasUrls = request.operation === 'edit' && request.referenceUrls.length > 0;
	return {
		method: 'POST',
		path,
		body: {
			kind: 'json',
			value: {
				...fields,
				isPublic: false,
				...(hasUrls ? { imageUrl: request.referenceUrls } : {}),
			},
		},
	};
}

/** The status is asked for by POST; the look itself also brings the refund of a failed task about. */
export function getTaskRequest(taskId: string): ApiRequest {
	return { method: 'POST', path: `${path}/result`, body: { kind: 'json', value: { taskId } } };
}

function fieldsOf(request: ImageRequest): Readonly<Record<string, string>> {
	return {
		prompt: request.prompt,
		model: request.vendorModel,
		mode: request.operation === 'edit' ? 'image-to-image' : 'text-to-image',
		aspectRatio: request.aspectRatio,
		...(request.resolution === undefined ? {} : { imageSize: request.resolution }),
		...(request.outputFormat === undefined ? {} : { outputFormat: request.outputFormat }),
	};
}
