import type { IExecuteFunctions } from 'n8n-workflow';

/** Node's Readable, by way of n8n: community nodes may not even import its type. */
export type Readable = Awaited<ReturnType<IExecuteFunctions['helpers']['getBinaryStream']>>;

/**
 * Reads the first bytes of a stream and puts them back, without waiting in between: a short stream whose
 * buffer was emptied ends before a promise resolves, and takes nothing back after its end.
 */
export async function peek(stream: Readable, length: number): Promise<Uint8Array> {
	const chunks: Buffer[] = [];
	return await new Promise((resolve, reject) => {
		const stopListening = (): void => {
			stream.off('readable', onReadable);
			stream.off('end', onEnd);
			stream.off('close', onEnd);
			stream.off('error', onError);
		};
		const onEnd = (): void => {
			stopListening();
			resolve(Buffer.concat(chunks));
		};
		const onError = (error: Error): void => {
			stopListening();
			reject(error);
		};
		const onReadable = (): void => {
			for (;;) {
				const chunk = stream.read() as Buffer | null;
				if (chunk === null) return;
				chunks.push(chunk);
				const bytes = Buffer.concat(chunks);
				if (bytes.length < length) continue;
				stopListening();
				stream.unshift(bytes);
				return resolve(bytes);
			}
		};
		stream.on('readable', onReadable);
		stream.once('end', onEnd);
		stream.once('close', onEnd);
		stream.once('error', onError);
	});
}
