import type { ServerResponse } from 'node:http';
import type { ApiReply } from './exchange';

/** How an answer leaves: whole, not at all, or broken off. */
export type Ending =
	'send' | 'drop' | 'dropMidAnswer' | 'dropAfterAnswer' | 'hang' | 'hangAfterAnswer' | 'drip';

/** What was sent has arrived by then: a reset takes with it what is still under way. */
const arrivedMs = 50;

/** Each byte begins every time-out of silence anew. */
const dripMs = 200;

/** Sends a vendor's answer, or does to the connection what a fault asks for. */
export function sendReply(response: ServerResponse, reply: ApiReply, ending: Ending): void {
	// What hangs stays open until the client or close() ends it.
	if (ending === 'hang') return;
	if (ending === 'drop') {
		response.socket?.resetAndDestroy();
		return;
	}
	if (ending === 'drip') {
		response.writeHead(200, { 'content-type': 'application/json' });
		const timer = setInterval(() => response.write(' '), dripMs);
		response.on('close', () => clearInterval(timer));
		return;
	}
	const text = reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json);
	const mediaType =
		reply.mediaType ?? (reply.json === undefined ? 'text/plain' : 'application/json');
	const isEndUnsaid = ending === 'dropAfterAnswer' || ending === 'hangAfterAnswer';
	response.writeHead(reply.status, {
		'content-type': `${mediaType}; charset=utf-8`,
		...(isEndUnsaid ? {} : { 'content-length': Buffer.byteLength(text) }),
		...reply.headers,
	});
	if (isEndUnsaid) {
		response.write(text, () => {
			if (ending === 'hangAfterAnswer') return;
			setTimeout(() => response.socket?.resetAndDestroy(), arrivedMs).unref();
		});
		return;
	}
	if (ending === 'dropMidAnswer') {
		response.write(text.slice(0, Math.ceil(text.length / 2)), () => {
			response.socket?.resetAndDestroy();
		});
		return;
	}
	response.end(text);
}
