import { costsOfTasks, sumOfCosts } from './cost';
import type { Cost } from './cost';

/** What is known of the cost of one image or of one that is missing. */
export interface CostOfImage {
	readonly taskId?: string | undefined;
	readonly cost?: Cost | undefined;
}

/**
 * What the tasks of a run cost together, in one sentence. Undefined where no vendor told it, and for a
 * single task, whose item says it.
 */
export function costSentence(images: readonly CostOfImage[]): string | undefined {
	const tasks = new Set(images.flatMap(({ taskId }) => taskId ?? [])).size;
	const costs = costsOfTasks(images);
	const sum = sumOfCosts(costs);
	if (sum === undefined || tasks < 2) return undefined;
	const { amount, unit, refunded, remaining } = sum;
	const told = costs.length === tasks ? `${tasks}` : `${costs.length} of ${tasks}`;
	const back = costs.filter((cost) => (cost.refunded ?? 0) > 0).length;
	return [
		`${told} tasks cost ${amount} ${unit} in all`,
		...(back === 0 ? [] : [`${refunded} ${unit} came back for ${back} of them`]),
		...(remaining === undefined ? [] : [`${remaining} ${unit} were left after the last submit`]),
	]
		.join('; ')
		.concat('.');
}
