import { z } from 'zod';
import { ok, finishFields } from '../../sandbox/bending';
import { refusal, type ApiReply, type Call, type Route } from '../../sandbox/exchange';
import { ulid } from '../../sandbox/identifiers';
import { sniffMediaType } from '../../sandbox/references';
import { checkQuery, readJson } from '../../sandbox/strictness';
import type { World } from '../../sandbox/world';

const mostBytes = 100 * 1024 * 1024;
const mediaType = z.string().regex(/^[\w.+-]+\/[\w.+-]+$/);
const fileName = z.string().min(1).max(255);

const base64Schema = z
	.object({
		data: z.string().min(1),
		filename: fileName.optional(),
		content_type: mediaType.optional(),
	})
	.strict();

const uploadUrlSchema = z
	.object({
		filename: fileName,
		content_type: mediaType,
		file_size: z.number().int().min(1).max(mostBytes),
		expires_in: z.number().int().min(1).max(86_400).optional(),
	})
	.strict();

/** API Mall's two ways of uploading: bytes in the JSON, or a URL that the bytes are put to. */
export function createApiMallUploads(world: World): Route[] {
	function answer(call: Call, fields: Record<string, unknown>): ApiReply {
		const data = finishFields(call, fields);
		if (!call.bentBy('uploadEnveloped')) return ok(data);
		return ok({ success: true, data, request_id: `req_${ulid()}` });
	}

	function base64(call: Call): ApiReply {
		checkQuery(call.request);
		const body = readJson(call.request, base64Schema);
		const text = body.data.replace(/^data:[^,]*;base64,/, '');
		if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw refusal('data is not base64');
		const bytes = Buffer.from(text, 'base64');
		if (bytes.length > mostBytes) throw refusal('the file is too large');
		const name = body.filename ?? 'file';
		const type = body.content_type ?? sniffMediaType(bytes) ?? 'application/octet-stream';
		const key = world.uploads.newKey(name);
		const from = { vendor: 'apiMall', how: 'base64', fileName: name } as const;
		const url = world.uploads.store(key, { bytes, mediaType: type }, from);
		return answer(call, { url, key, size: bytes.length, content_type: type });
	}

	function uploadUrl(call: Call): ApiReply {
		checkQuery(call.request);
		const body = readJson(call.request, uploadUrlSchema);
		const seconds = body.expires_in ?? 3600;
		const ticket = world.uploads.promise(
			'apiMall',
			body.filename,
			body.content_type,
			body.file_size,
			seconds,
		);
		return answer(call, {
			upload_url: ticket.uploadUrl,
			public_url: ticket.publicUrl,
			key: ticket.key,
			expires_in: seconds,
		});
	}

	return [
		{ verb: 'upload', method: 'POST', path: /^\/api\/v1\/files\/base64$/, handle: base64 },
		{ verb: 'upload', method: 'POST', path: /^\/api\/v1\/files\/upload-url$/, handle: uploadUrl },
	];
}
