import { randomBytes } from 'node:crypto';
import type { UploadRecord } from './ledger';
import { describeBytes } from './requestBody';
import type { VendorId } from './types';
import type { World } from './world';

export interface UploadedFile {
	bytes: Buffer;
	mediaType: string;
}

/** A place that was promised to a client and waits for its bytes. */
export interface UploadTicket {
	vendor: VendorId;
	id: string;
	key: string;
	fileName: string;
	mediaType: string;
	size: number;
	expiresAt: number;
	uploadUrl: string;
	publicUrl: string;
}

/** Files that clients have uploaded; they lie on the files origin. */
export class Uploads {
	private readonly files = new Map<string, UploadedFile>();
	private readonly tickets = new Map<string, UploadTicket>();

	constructor(private readonly world: World) {}

	/** Makes a key that nobody can guess, with the file's own name at its end. */
	newKey(fileName: string): string {
		const plain = fileName.replace(/[^\w.-]+/g, '_').slice(-80) || 'file';
		return `${randomBytes(8).toString('hex')}-${plain}`;
	}

	/** The URL under which an uploaded file lies. */
	publicUrl(key: string): string {
		return `${this.world.filesUrl}/uploads/${key}`;
	}

	/** Keeps a file and books it. */
	store(
		key: string,
		file: UploadedFile,
		from: Pick<UploadRecord, 'vendor' | 'how' | 'fileName'>,
	): string {
		const url = this.publicUrl(key);
		this.files.set(key, file);
		this.world.ledger.uploads.push({
			...from,
			...describeBytes(file.bytes),
			mediaType: file.mediaType,
			url,
			at: Date.now(),
		});
		return url;
	}

	/** Promises a place for a file that is put there later. */
	promise(
		vendor: VendorId,
		fileName: string,
		mediaType: string,
		size: number,
		seconds: number,
	): UploadTicket {
		const id = randomBytes(12).toString('hex');
		const key = this.newKey(fileName);
		const ticket: UploadTicket = {
			vendor,
			id,
			key,
			fileName,
			mediaType,
			size,
			expiresAt: Date.now() + seconds * 1000,
			uploadUrl: `${this.world.filesUrl}/upload-targets/${id}?signature=${randomBytes(16).toString('hex')}`,
			publicUrl: this.publicUrl(key),
		};
		this.tickets.set(id, ticket);
		return ticket;
	}

	/** The place that was promised under an id. */
	ticket(id: string): UploadTicket | undefined {
		return this.tickets.get(id);
	}

	/** A file by its key. */
	file(key: string): UploadedFile | undefined {
		return this.files.get(key);
	}

	/** Forgets everything. */
	clear(): void {
		this.files.clear();
		this.tickets.clear();
	}
}
