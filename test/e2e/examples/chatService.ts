import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serveOnLoopback } from './loopbackServer';

export interface SentPhoto {
	path: string;
	chatId: string;
	caption: string;
	fileName: string;
	mediaType: string;
	bytes: Buffer;
}

/** Stands in for Telegram: takes photos and keeps them. */
export async function startChatService(): Promise<{ url: string; photos: SentPhoto[] }> {
	const photos: SentPhoto[] = [];
	const url = await serveOnLoopback((incoming, response) => {
		readPhoto(incoming)
			.then((photo) => {
				photos.push(photo);
				const result = { message_id: photos.length, caption: photo.caption };
				response
					.writeHead(200, { 'content-type': 'application/json' })
					.end(JSON.stringify({ ok: true, result }));
			})
			.catch((error: unknown) => response.writeHead(400).end(String(error)));
	});
	return { url, photos };
}

async function readPhoto(incoming: IncomingMessage): Promise<SentPhoto> {
	const parser = busboy({ headers: incoming.headers });
	const fields = new Map<string, string>();
	const files: Array<Promise<Pick<SentPhoto, 'fileName' | 'mediaType' | 'bytes'>>> = [];
	parser.on('field', (name, value) => fields.set(name, value));
	parser.on('file', (_name, stream, { filename: fileName, mimeType: mediaType }) => {
		files.push(buffer(stream).then((bytes) => ({ fileName: String(fileName), mediaType, bytes })));
	});
	await new Promise((resolve, reject) => {
		parser.once('close', resolve);
		parser.once('error', reject);
		incoming.pipe(parser);
	});
	const [file] = await Promise.all(files);
	if (file === undefined) throw new Error('No photo came');
	return {
		path: incoming.url ?? '',
		chatId: fields.get('chat_id') ?? '',
		caption: fields.get('caption') ?? '',
		...file,
	};
}
