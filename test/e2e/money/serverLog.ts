import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { N8nServer } from '../../server/n8nServer';
import { expect } from '../checks';

/** What n8n's log tells of a task that a vendor took. */
export interface LoggedTask {
	taskId: string;
	executionId: string;
	itemIndex: number;
}

const logLine = z.object({
	message: z.string(),
	metadata: z.object({
		vendor: z.string(),
		taskId: z.string(),
		executionId: z.string(),
		itemIndex: z.number(),
	}),
});

/** Throws unless n8n's printed log has the one line that names the task. */
export function expectInPrintedLog(server: N8nServer, vendorName: string, taskId: string): void {
	const lines = readFileSync(server.logFile, 'utf8').split('\n');
	const found = lines.filter((line) => line.includes(`${vendorName} took task ${taskId}`)).length;
	expect(found === 1, `n8n's log names task ${taskId} in ${found} lines instead of one`);
}

/** The tasks of one execution, by n8n's detailed log alone. */
export function tasksInLog(server: N8nServer, executionId: string): LoggedTask[] {
	return readFileSync(server.detailedLogFile, 'utf8')
		.split('\n')
		.filter((line) => line.includes(' took task '))
		.map((line) => logLine.parse(JSON.parse(line)).metadata)
		.filter((task) => task.executionId === executionId);
}
