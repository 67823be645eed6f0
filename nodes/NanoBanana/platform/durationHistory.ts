import type { IExecuteFunctions } from 'n8n-workflow';

import { openTaskDurations, type TaskDurations } from '../core/taskDurations';
import { listOf, objectOf } from '../core/tolerant';

/**
 * How long tasks have taken, by kind, kept in the workflow's static data: n8n saves that after
 * production executions, so the next one knows where to look. A manual execution knows its own only.
 */
export interface DurationHistory {
	of(kind: string): TaskDurations;
	/** Hands what was learned to n8n. */
	save(): void;
}

const dataKey = 'taskDurationsMs';

/** More kinds than a node is likely to be set to; expressions could bring any number. */
const keptKinds = 20;

export function openDurationHistory(context: IExecuteFunctions): DurationHistory {
	const staticData = context.getWorkflowStaticData('node');
	const earlier = objectOf(staticData[dataKey]) ?? {};
	const opened = new Map<string, TaskDurations>();
	return {
		of(kind) {
			const known = opened.get(kind);
			if (known !== undefined) return known;
			const durations = openTaskDurations(listOf(earlier[kind]));
			opened.set(kind, durations);
			return durations;
		},
		save() {
			const learned = [...opened].filter(([, { latestMs }]) => latestMs.length > 0);
			if (learned.length === 0) return;
			const others = Object.entries(earlier).filter(([kind]) => !opened.has(kind));
			const kinds = [
				...others,
				...learned.map(([kind, { latestMs }]) => [kind, [...latestMs]] as const),
			];
			staticData[dataKey] = Object.fromEntries(kinds.slice(-keptKinds));
		},
	};
}
