import type { IncomingMessage, ServerResponse } from 'node:http';
import { placeOfKey, recordableHeaders, withoutKeys } from './authentication';
import { serveFileFault, type ServedFile } from './fileFaults';
import type { RequestRecord } from './ledger';
import { renderFlatPicture, renderPicture } from './pictures';
import { pixelSize } from './pictureSizes';
import { describeBytes, readBytes } from './requestBody';
import type { StoredTask } from './tasks';
import type { VendorId } from './types';
import { partOf, vendorIn } from './vendors';
import { emulatorOf, type World } from './world';

const mediaTypes = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' };

/** Answers a request to the files origin: results, uploads and the places to put them. */
export async function serveFilesOrigin(
	world: World,
	incoming: IncomingMessage,
	response: ServerResponse,
	url: URL,
): Promise<void> {
	const [, place = '', ...rest] = url.pathname.split('/');
	if (place === 'results') {
		const vendor = vendorIn(rest[0]);
		await serveFile(world, incoming, response, url, vendor, rest.slice(1).join('/'));
		return;
	}
	const bytes = await readBytes(incoming);
	const record = recordAndWatch(world, incoming, url, null, bytes);
	if (place === 'upload-targets' && incoming.method === 'PUT') {
		receiveUpload(world, incoming, response, record, rest[0] ?? '', bytes);
	} else if (place === 'uploads') {
		const file = world.uploads.file(rest.join('/'));
		send(response, record, file ? 200 : 404, file?.mediaType, file?.bytes);
	} else if (place === 'forged') {
		const order = { prompt: 'FORGED', title: 'Nobody', facts: 'not the picture of any task' };
		const size = { width: 512, height: 512 };
		const picture = await renderPicture({ ...order, ...size, format: 'png' });
		send(response, record, 200, 'image/png', picture);
	} else {
		send(response, record, 404, 'text/plain', Buffer.from('Not Found'));
	}
}

/** Serves one result, faults included; some vendors have them on the API's own host. */
export async function serveFile(
	world: World,
	incoming: IncomingMessage,
	response: ServerResponse,
	url: URL,
	vendor: VendorId | undefined,
	rest: string,
): Promise<void> {
	const bytes = await readBytes(incoming);
	const record = recordAndWatch(world, incoming, url, vendor ?? null, bytes);
	record.verb = 'download';
	const [taskId = '', name = ''] = rest.split('/').map(decodeURIComponent);
	const task = vendor === undefined ? undefined : world.tasks.find(vendor, taskId);
	const index = Number(/^image-(\d+)\./.exec(name)?.[1] ?? 1);
	const known =
		/^(image-\d+|result|cover)\.(png|jpg|webp)$/.test(name) &&
		index <= (task?.record.numberOfImages ?? 0);
	const readable = incoming.method === 'GET' || incoming.method === 'HEAD';
	if (!vendor || !task || !known || !readable || task.record.state !== 'succeeded') {
		send(response, record, 404, 'text/plain', Buffer.from('Not Found'));
		return;
	}
	const make = () => picture(world, task, index, url.searchParams.has('flat'));
	const situation = { vendor, verb: 'download', taskId, prompt: task.record.prompt } as const;
	// The stations of a redirect are not downloads of their own.
	const hops = url.searchParams.get('hops');
	const fault = hops === null ? world.faults.take('file', situation) : undefined;
	if (hops === null) countDownload(world, task, name, fault?.specification.fault);
	if (fault) record.fault = fault.specification.fault;
	const file: ServedFile = { mediaType: mediaTypes[task.format], make, url };
	if (await serveFileFault(response, file, fault, hops, incoming.method === 'HEAD')) {
		record.status = response.statusCode;
		record.answeredAt = Date.now();
		return;
	}
	send(response, record, 200, file.mediaType, await make());
}

async function picture(
	world: World,
	task: StoredTask,
	index: number,
	flat: boolean,
): Promise<Buffer> {
	const { record, format } = task;
	const [reference] = record.references;
	const size = pixelSize(
		record.aspectRatio,
		record.resolution,
		reference?.width && reference.height
			? { width: reference.width, height: reference.height }
			: undefined,
	);
	if (flat || world.settings.flatPictures) return renderFlatPicture(size, format);
	const facts = [
		record.model,
		record.aspectRatio,
		`${record.resolution} ${size.width}×${size.height}`,
		...(record.numberOfImages > 1 ? [`image ${index} of ${record.numberOfImages}`] : []),
		record.id,
	];
	return await renderPicture({
		...size,
		format,
		prompt: record.prompt,
		title: emulatorOf(world, record.vendor).displayName,
		facts: facts.join(' · '),
		moreReferences: Math.max(0, record.references.length - 1),
		...(task.inset && { reference: task.inset }),
	});
}

function countDownload(world: World, task: StoredTask, name: string, fault?: string): void {
	const { vendor, id } = task.record;
	task.record.downloads++;
	world.ledger.downloads.push({
		vendor,
		taskId: id,
		name,
		at: Date.now(),
		...(fault !== undefined && { fault }),
	});
}

function receiveUpload(
	world: World,
	incoming: IncomingMessage,
	response: ServerResponse,
	record: RequestRecord,
	id: string,
	bytes: Buffer,
): void {
	const ticket = world.uploads.ticket(id);
	const vendor = ticket?.vendor ?? null;
	record.vendor = vendor;
	record.verb = 'upload';
	const refuse = (status: number, reason: string) => {
		const { method, path, body } = record;
		const at = Date.now();
		const refused = { vendor, method, path, reason, body, at };
		world.ledger.refusedRequests.push(refused);
		send(response, record, status, 'application/xml', xml(reason));
	};
	if (!ticket) return refuse(403, 'this upload URL was never given out');
	if (!ticket.uploadUrl.endsWith(record.path)) return refuse(403, 'the signature is wrong');
	if (Date.now() > ticket.expiresAt) return refuse(403, 'this upload URL has expired');
	if (incoming.headers.authorization !== undefined) {
		return refuse(400, 'a signed URL takes no Authorization header');
	}
	if (incoming.headers['content-type'] !== ticket.mediaType) {
		return refuse(403, `the content type is not the announced ${ticket.mediaType}`);
	}
	if (bytes.length !== ticket.size) {
		return refuse(400, `${bytes.length} bytes came, ${ticket.size} were announced`);
	}
	const situation = { vendor: ticket.vendor, verb: 'upload', path: record.path } as const;
	if (world.faults.take('answer', situation, 'serverError', 'badGatewayHtml')) {
		send(response, record, 500, 'application/xml', xml('InternalError'));
		return;
	}
	const { key, fileName, mediaType } = ticket;
	const from = { vendor: ticket.vendor, how: 'uploadUrl', fileName } as const;
	world.uploads.store(key, { bytes, mediaType }, from);
	send(response, record, 200, 'text/plain', Buffer.alloc(0));
}

/** Books a request to a place where no key has any business, and whether one came along. */
function recordAndWatch(
	world: World,
	incoming: IncomingMessage,
	url: URL,
	vendor: VendorId | null,
	bytes: Buffer,
): RequestRecord {
	const { settings, ledger } = world;
	const { authorization, ...others } = incoming.headers;
	const path = withoutKeys(settings, url.pathname + url.search);
	const at = Date.now();
	const isOnApiHost = vendor !== null && partOf(vendor).resultsOnApiHost === true;
	const where = isOnApiHost ? 'result path of the API' : 'files origin';
	if (authorization !== undefined) {
		const detail = `Authorization: ${withoutKeys(settings, authorization)}`;
		ledger.leakedKeys.push({ where, path, detail, at });
	}
	const place = placeOfKey(settings, url.pathname + url.search, others, bytes);
	if (place) ledger.leakedKeys.push({ where, path, detail: `the key in the ${place}`, at });
	const record: RequestRecord = {
		vendor,
		verb: null,
		origin: isOnApiHost ? 'api' : 'files',
		method: incoming.method ?? 'GET',
		path,
		headers: recordableHeaders(settings, incoming.headers),
		body: bytes.length > 0 ? describeBytes(bytes) : null,
		at,
	};
	ledger.requests.push(record);
	return record;
}

function send(
	response: ServerResponse,
	record: RequestRecord,
	status: number,
	mediaType = 'text/plain',
	bytes: Buffer = Buffer.alloc(0),
): void {
	record.status = status;
	record.answeredAt = Date.now();
	response.writeHead(status, { 'content-type': mediaType, 'content-length': bytes.length });
	response.end(record.method === 'HEAD' ? undefined : bytes);
}

function xml(message: string): Buffer {
	return Buffer.from(`<?xml version="1.0"?><Error><Message>${message}</Message></Error>`);
}
