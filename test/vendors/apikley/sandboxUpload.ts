import { refusal, type ApiReply, type Call } from '../../sandbox/exchange';
import { checkQuery } from '../../sandbox/strictness';
import type { World } from '../../sandbox/world';

const knownFields = ['uploadPath', 'fileName'];
const mostBytes = 100 * 1024 * 1024;

/** Apikley's upload: one file as multipart, answered with a URL that lives three days. */
export function createApikleyUpload(world: World): (call: Call) => ApiReply {
	return ({ request }) => {
		checkQuery(request);
		const { body } = request;
		if (body.kind !== 'multipart') throw refusal('an upload must be multipart/form-data');
		const unknown = body.fields.find(([name]) => !knownFields.includes(name));
		if (unknown) throw refusal(`unknown field ${unknown[0]}`);
		const values = new Map(body.fields);
		if (!values.get('uploadPath')) throw refusal('uploadPath is required');
		const [file, another] = body.files;
		if (!file || another || file.field !== 'file') {
			throw refusal('exactly one part named file must carry the file');
		}
		if (file.bytes.length === 0) throw refusal('the file is empty');
		if (file.bytes.length > mostBytes) throw refusal('the file is too large');
		const fileName = values.get('fileName') ?? file.fileName;
		const key = world.uploads.newKey(fileName);
		const from = { vendor: 'apikley', how: 'multipart', fileName } as const;
		const url = world.uploads.store(key, file, from);
		return {
			status: 200,
			json: {
				success: true,
				code: 200,
				msg: 'File uploaded successfully',
				data: {
					fileName,
					filePath: `${values.get('uploadPath')}/${key}`,
					downloadUrl: url,
					fileSize: file.bytes.length,
					mimeType: file.mediaType,
					uploadedAt: new Date().toISOString(),
				},
			},
		};
	};
}
