import type { INodeExecutionData } from 'n8n-workflow';

import { errorCodes } from '../../nodes/NanoBanana/core/failure';
import { readBinary } from '../engine/harness/runWorkflow';
import { errorOf, keptTasks, type Evidence } from './evidence';
import { waitsForImage } from './rules';
import { decodedSize } from '../sandbox';

const longestMessage = 700;

/** What came out of the node is what it says that it is. */
export async function judgeOutput(evidence: Evidence): Promise<readonly string[]> {
	const { result, outcome, cell } = evidence;
	if (outcome === 'failure') {
		return cell.isRetried ? [] : [`the node threw: ${result.error?.message ?? 'nothing at all'}`];
	}
	if (outcome === 'success') {
		return (await Promise.all(result.items.map((item) => problemsOfItem(evidence, item)))).flat();
	}
	return result.errorItems.flatMap((item) => problemsOfError(evidence, item));
}

async function problemsOfItem(
	{ cell, stage }: Evidence,
	{ json, binary }: INodeExecutionData,
): Promise<readonly string[]> {
	const problems = 'error' in json ? ['a success has a key "error"'] : [];
	if (cell.operation === 'getBalance') {
		const amount = (json.balance as { amount?: unknown } | undefined)?.amount;
		return typeof amount === 'number' ? problems : [...problems, 'there is no balance'];
	}
	const { tasks } = stage.sandbox.ledger;
	// An item that stands for several images lists them, and their tasks.
	const named = Array.isArray(json.taskIds) ? json.taskIds : [json.taskId];
	const isNamed = named.every((taskId) => tasks.some(({ id }) => id === taskId));
	if (named.length === 0 || !isNamed) problems.push('the item names no task');
	if (cell.operation === 'taskCancel' && json.state !== 'canceled') {
		problems.push('the item does not say that the task was canceled');
	}
	if (!waitsForImage(cell.operation)) return problems;
	const images = Array.isArray(json.images) ? json.images : [json];
	const pictures = images.map(async (image) => {
		const { binaryField = 'data' } = (image ?? {}) as { readonly binaryField?: string };
		return await problemsOfPicture(image, binary?.[binaryField]);
	});
	return [...problems, ...(await Promise.all(pictures)).flat()];
}

async function problemsOfPicture(
	image: unknown,
	binary: Parameters<typeof readBinary>[0],
): Promise<readonly string[]> {
	try {
		const said = image as { readonly width: number; readonly height: number };
		const seen = await decodedSize(await readBinary(binary));
		const isSafe = /^[^\p{C}\\/:*?"<>|]+\.(png|jpg|webp|avif)$/u.test(binary?.fileName ?? '');
		return [
			...(seen.width === said.width && seen.height === said.height
				? []
				: ['the picture has another size than the item says']),
			...(isSafe ? [] : [`the file is called ${binary?.fileName}`]),
		];
	} catch (error) {
		return [`there is no picture that can be decoded (${String(error)})`];
	}
}

function problemsOfError(evidence: Evidence, item: INodeExecutionData): readonly string[] {
	const error = errorOf(item);
	if (error === undefined) return ['an item on the error output has no error'];
	const { cell } = evidence;
	// Words are charged, too, but no image can come of them any more.
	const kept = cell.fault === 'wordsInstead' ? [] : keptTasks(evidence);
	const text = JSON.stringify(item.json);
	const problems: string[] = [];
	const must = (isSo: boolean, problem: string) => {
		if (!isSo) problems.push(problem);
	};
	must((errorCodes as readonly string[]).includes(error.code), `${error.code} is no code`);
	must(error.message.includes('[item 0]'), 'the message does not name the item');
	must(error.message.length <= longestMessage, 'the message is too long');
	must(error.hint.length > 20, 'there is no hint');
	must(
		cell.operation !== 'edit' || item.binary?.data !== undefined,
		'the input file is gone from the item of the error',
	);
	must(
		!error.retryElsewhere || kept.length === 0,
		'another vendor is recommended although a task is charged here',
	);
	if (error.code === 'timeout') {
		must(
			kept.some(({ id }) => error.message.includes(id)) && /\b\d+ polls?\b/.test(error.message),
			'the message does not name the task and the number of polls',
		);
		must(text.includes('Task → Wait'), 'the error does not say how to go on');
	}
	if (error.code === 'downloadFailed') {
		must(error.taskId === kept[0]?.id, 'the error does not name the task');
		must(text.includes('http'), 'the error does not carry the URL of the image');
		must(text.includes('Task → Wait'), 'the error does not say how to go on');
	}
	return problems;
}
