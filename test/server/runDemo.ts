import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { demoTrigger, type DemoNode } from './demoWorkflow';
import type { Execution, N8nClient, Workflow } from './n8nClient';
import { projectFolder } from './paths';
import { readPicture } from './picture';
import { formatTable } from './table';

/** What one vendor's node of the demo came to. */
export interface DemoResult {
	node: DemoNode;
	taskId?: string;
	seconds?: number;
	file?: string;
	pixels?: string;
	/** Why there is no image. */
	problem?: string;
}

const outputItem = z.object({
	taskId: z.string(),
	width: z.number(),
	height: z.number(),
});

/** Runs the demo once and saves the image of each vendor in `folder`. */
export async function runDemo(
	client: N8nClient,
	workflow: Workflow,
	nodes: readonly DemoNode[],
	folder: string,
): Promise<DemoResult[]> {
	const id = await client.runWorkflow(workflow, demoTrigger);
	const execution = await client.waitForExecution(id);
	const results: DemoResult[] = [];
	for (const node of nodes) {
		try {
			results.push({ node, ...(await savePicture(client, execution, node, folder)) });
		} catch (error) {
			results.push({ node, problem: (error as Error).message });
		}
	}
	return results;
}

/** The results as a person reads them. */
export function formatResults(results: readonly DemoResult[]): string {
	const table = formatTable([
		['vendor', 'task', 'seconds', 'file', 'pixels'],
		...results.map((result) => [
			result.node.name,
			result.taskId ?? '-',
			result.seconds?.toFixed(1) ?? '-',
			result.file ?? '-',
			result.pixels ?? '-',
		]),
	]);
	const problems = results.flatMap((result) =>
		result.problem === undefined ? [] : [`${result.node.name}: ${result.problem}`],
	);
	return [table, ...problems].join('\n');
}

async function savePicture(
	client: N8nClient,
	execution: Execution,
	node: DemoNode,
	folder: string,
): Promise<Omit<DemoResult, 'node'>> {
	const run = execution.resultData.runData[node.name]?.at(-1);
	if (run === undefined) throw new Error(`the node did not run (${reasonOf(execution)})`);
	if (run.error !== undefined) throw new Error(run.error.message);
	const item = run.data?.main[0]?.[0];
	if (item === undefined) throw new Error('the node gave no item');
	const { taskId, ...image } = outputItem.parse(item.json);
	const entry = item.binary?.['data'];
	if (entry === undefined) throw new Error('the item has no file');
	const bytes = await client.downloadBinary(entry);
	const picture = await readPicture(bytes);
	const pixels = `${picture.width} × ${picture.height}`;
	if (picture.width !== image.width || picture.height !== image.height) {
		throw new Error(`the item says ${image.width} × ${image.height}, the picture has ${pixels}`);
	}
	const ending = entry.fileExtension ?? entry.mimeType.split('/')[1] ?? 'bin';
	const file = join(folder, `${node.vendor}.${ending}`);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, bytes);
	return { taskId, seconds: run.executionTime / 1000, file: relative(projectFolder, file), pixels };
}

function reasonOf(execution: Execution): string {
	const { error, lastNodeExecuted } = execution.resultData;
	if (error === undefined) return `the execution ended as "${execution.status}"`;
	return `${lastNodeExecuted ?? 'another node'} had failed before: ${error.message}`;
}
