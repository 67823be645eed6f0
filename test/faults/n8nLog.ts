import '../engine/harness/environment';

import { Logger } from '@n8n/backend-common';
import { Container } from '@n8n/di';

import { keyPattern } from './keys';

/** What n8n itself would have written into its log, by what the matrix asks about it. */
export interface N8nLog {
	/** Whether a line of the node itself names the task. */
	namesTask(taskId: string): boolean;
	/** Whether any line, of whatever level, holds the key. */
	holdsKey(apiKey: string): boolean;
}

const levels = ['error', 'warn', 'info', 'debug'] as const;

type Write = (message: string, metadata?: Readonly<Record<string, unknown>>) => void;

function unquoted(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Reads along what n8n logs, in place of writing it. */
export function captureLog(): N8nLog {
	const taskIds = new Set<unknown>();
	const keys = new Set<string>();
	const logger = Container.get(Logger) as unknown as Record<(typeof levels)[number], Write>;
	for (const level of levels) {
		logger[level] = (message, metadata = {}) => {
			const { taskId } = metadata;
			if (typeof taskId === 'string' && message.includes(taskId)) taskIds.add(taskId);
			// An id that cannot be used is quoted.
			for (const [quoted] of message.matchAll(/"(?:[^"\\]|\\.)*"/g)) taskIds.add(unquoted(quoted));
			const line = `${message} ${JSON.stringify(metadata)}`;
			for (const [key] of line.matchAll(keyPattern)) keys.add(key);
		};
	}
	return {
		namesTask: (taskId) => taskIds.has(taskId),
		holdsKey: (apiKey) => keys.has(apiKey),
	};
}
