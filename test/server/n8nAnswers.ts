import { z } from 'zod';

/** What n8n answers to its editor, as far as it is read here. */

export type Execution = z.infer<typeof executionData> & { id: string; status: string };
export type ExecutionSummary = z.infer<typeof executionSummary>;
export type BinaryEntry = z.infer<typeof binaryEntry>;
export type CredentialTest = z.infer<typeof credentialTest>;

export const withId = z.object({ id: z.string() }).passthrough();
export const credentialTest = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });
const binaryEntry = z
	.object({
		mimeType: z.string(),
		fileName: z.string().optional(),
		fileExtension: z.string().optional(),
		/** Where the server keeps it; without one `data` holds the bytes themselves. */
		id: z.string().optional(),
		data: z.string(),
	})
	.passthrough();
const item = z
	.object({
		json: z.record(z.string(), z.unknown()),
		binary: z.record(z.string(), binaryEntry).optional(),
	})
	.passthrough();
const executionError = z.object({ message: z.string() }).passthrough();
const nodeRun = z
	.object({
		executionStatus: z.string().optional(),
		/** Milliseconds since the epoch. */
		startTime: z.number(),
		executionTime: z.number(),
		error: executionError.optional(),
		data: z
			// What an agent runs has its data elsewhere.
			.object({ main: z.array(z.array(item).nullable()).default([]) })
			.passthrough()
			.optional(),
	})
	.passthrough();
export const executionData = z.object({
	resultData: z
		.object({
			runData: z.record(z.string(), z.array(nodeRun)).default({}),
			error: executionError.optional(),
			lastNodeExecuted: z.string().optional(),
		})
		.passthrough(),
});
export const executionRecord = z
	.object({ id: z.union([z.string(), z.number()]), status: z.string(), data: z.string() })
	.passthrough();
const executionSummary = z.object({
	id: z.string(),
	status: z.string(),
	startedAt: z.string().nullish(),
	stoppedAt: z.string().nullish(),
});
export const executionPage = z.object({ results: z.array(executionSummary) });
