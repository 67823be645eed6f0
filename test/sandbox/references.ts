import { request, type Dispatcher } from 'undici';
import { decodedSize } from './decodeImage';
import { refusal } from './exchange';
import type { ReferenceRecord } from './ledger';
import { describeBytes } from './requestBody';
import type { SandboxSettings } from './settings';

export interface LoadedReference {
	record: ReferenceRecord;
	/** Absent where references are not fetched. */
	bytes?: Buffer;
}

/** What a vendor takes as a reference. */
export interface ReferenceLimits {
	mostBytes: number;
	code?: string;
}

const megabyte = 1024 * 1024;
export const defaultReferenceLimits: ReferenceLimits = { mostBytes: 30 * megabyte };

/** Fetches and checks references as a vendor would. */
export class ReferenceFetcher {
	constructor(
		private readonly settings: SandboxSettings,
		private readonly dispatcher: Dispatcher,
	) {}

	/** Loads reference URLs, in order. */
	async fromUrls(
		urls: readonly string[],
		limits = defaultReferenceLimits,
	): Promise<LoadedReference[]> {
		if (!this.settings.fetchReferences) {
			return urls.map((url) => ({ record: { source: 'url', url } }));
		}
		return await Promise.all(
			urls.map(async (url) => {
				const bytes = await this.fetch(url, limits);
				return await inspect({ source: 'url', url }, bytes, limits);
			}),
		);
	}

	private async fetch(url: string, limits: ReferenceLimits): Promise<Buffer> {
		let answer: Dispatcher.ResponseData;
		try {
			answer = await request(url, {
				dispatcher: this.dispatcher,
				signal: AbortSignal.timeout(this.settings.referenceTimeoutMs),
			});
			if (answer.statusCode !== 200) {
				await answer.body.dump();
				throw new Error(`it answered ${answer.statusCode}`);
			}
			return Buffer.from(await answer.body.arrayBuffer());
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw refusal(`reference image ${url} could not be fetched: ${reason}`, limits.code);
		}
	}
}

/** Checks the bytes of one reference and describes them. */
export async function inspect(
	record: ReferenceRecord,
	bytes: Buffer,
	limits = defaultReferenceLimits,
): Promise<LoadedReference> {
	const name = record.url ?? record.fileName ?? record.source;
	const mediaType = sniffMediaType(bytes);
	if (!mediaType) {
		throw refusal(`reference image ${name} is not a JPEG, PNG or WebP image`, limits.code);
	}
	if (bytes.length > limits.mostBytes) {
		throw refusal(`reference image ${name} is too large`, limits.code);
	}
	try {
		const { width, height } = await decodedSize(bytes);
		return { record: { ...record, ...describeBytes(bytes), mediaType, width, height }, bytes };
	} catch {
		throw refusal(`reference image ${name} cannot be read`, limits.code);
	}
}

/** The media type that an image's first bytes show. */
export function sniffMediaType(bytes: Buffer): string | undefined {
	if (bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n') return 'image/png';
	if (bytes.subarray(0, 3).toString('latin1') === '\xff\xd8\xff') return 'image/jpeg';
	const riff = bytes.subarray(0, 4).toString('latin1');
	const form = bytes.subarray(8, 12).toString('latin1');
	if (riff === 'RIFF' && form === 'WEBP') return 'image/webp';
	return undefined;
}
