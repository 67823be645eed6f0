import { readFileSync } from 'node:fs';
import type { N8nServer } from '../../server/n8nServer';

/** n8n's own process as Linux tells of it; no other system has this. */
export interface ObservedProcess {
	/** What it holds in memory now. */
	residentBytes(): number;
	/** Processor time that it has used since its start. */
	processorMs(): number;
}

const tickMs = 10;

/** Finds the process of a running n8n: the only child of its guardian. */
export function observe(server: N8nServer): ObservedProcess {
	const guardian = server.guardianId();
	const file = `/proc/${guardian}/task/${guardian}/children`;
	let children: string;
	try {
		children = readFileSync(file, 'utf8').trim();
	} catch (error) {
		throw new Error('Memory and processor time are read from /proc: this needs Linux', {
			cause: error,
		});
	}
	if (!/^\d+$/.test(children)) throw new Error(`n8n's process was not found: "${children}"`);
	return {
		residentBytes: () => {
			const status = readFileSync(`/proc/${children}/status`, 'utf8');
			const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
			if (kilobytes === undefined) throw new Error('/proc tells no resident size');
			return Number(kilobytes) * 1024;
		},
		processorMs: () => {
			const text = readFileSync(`/proc/${children}/stat`, 'utf8');
			// The name, in brackets, may hold spaces; user and system time are the 14th and 15th field.
			const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
			return (Number(fields[11]) + Number(fields[12])) * tickMs;
		},
	};
}
