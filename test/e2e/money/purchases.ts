import type { Sandbox, TaskRecord } from '../../sandbox';
import { expect } from '../checks';

/** So many prompts that no other check uses and of which none is a part of another. */
export function promptsOf(what: string, count: number): string[] {
	const digits = Math.max(2, String(count).length);
	return Array.from(
		{ length: count },
		(_, index) => `${what}, picture ${String(index + 1).padStart(digits, '0')}`,
	);
}

/** The tasks that the sandbox took for a prompt, in their order. */
export function tasksFor({ ledger }: Sandbox, prompt: string): TaskRecord[] {
	return ledger.tasks.filter((task) => task.prompt === prompt);
}

/** The one task of a prompt; throws where there is none, or a second one. */
export function onlyTaskFor(sandbox: Sandbox, prompt: string): TaskRecord {
	const [task, ...others] = tasksFor(sandbox, prompt);
	expect(task !== undefined, `no task was bought for "${prompt}"`);
	expect(others.length === 0, `"${prompt}" was bought ${others.length + 1} times`);
	return task;
}

/** Throws unless each prompt was charged so often, and submitted no more often than that. */
export function expectPurchases(
	sandbox: Sandbox,
	prompts: readonly string[],
	timesEach: readonly number[],
): void {
	prompts.forEach((prompt, index) => {
		const wanted = timesEach[index] ?? 1;
		const taskIds = new Set(tasksFor(sandbox, prompt).map(({ id }) => id));
		const charges = sandbox.ledger.charges.filter(({ taskId }) => taskIds.has(taskId)).length;
		expect(charges === wanted, `"${prompt}" was charged ${charges} times, not ${wanted}`);
		const submits = sandbox.ledger
			.requestsOf('submit')
			.filter(({ body }) => JSON.stringify(body).includes(prompt)).length;
		expect(submits === wanted, `"${prompt}" was submitted ${submits} times, not ${wanted}`);
	});
}
