import type { IExecuteFunctions } from 'n8n-workflow';

import {
	isNews,
	openTaskDurations,
	type DurationSpan,
	type TaskDurations,
} from '../core/taskDurations';
import { listOf, objectOf } from '../core/tolerant';

/**
 * How long tasks have taken, by kind, kept in the workflow's static data: n8n saves that after
 * production executions, so the next one knows where to look. A manual execution knows its own only.
 */
export interface DurationHistory {
	of(kind: string): TaskDurations;
	/**
	 * Hands what was learned to n8n, but only where the next execution would look at other times for it.
	 * Any change makes n8n save the whole static data of the workflow as it was when the execution began,
	 * with what other nodes keep there: a polling trigger that has moved on meanwhile is set back in the
	 * database until its next poll. That is too much for a duration like all the others.
	 */
	save(): void;
}

const dataKey = 'taskDurationsMs';

/** More kinds than a node is likely to be set to; expressions could bring any number. */
const keptKinds = 20;

export function openDurationHistory(context: IExecuteFunctions): DurationHistory {
	const staticData = context.getWorkflowStaticData('node');
	const earlier = objectOf(staticData[dataKey]) ?? {};
	interface Opened {
		readonly durations: TaskDurations;
		/** The span of what was read. */
		readonly before: DurationSpan | undefined;
	}
	const opened = new Map<string, Opened>();
	return {
		of(kind) {
			const known = opened.get(kind);
			if (known !== undefined) return known.durations;
			const durations = openTaskDurations(listOf(earlier[kind]));
			opened.set(kind, { durations, before: durations.span() });
			return durations;
		},
		save() {
			if (![...opened.values()].some(({ before, durations }) => isNews(before, durations))) return;
			const others = Object.entries(earlier).filter(([kind]) => !opened.has(kind));
			const known = [...opened].map(
				([kind, { durations }]) => [kind, [...durations.latestMs]] as const,
			);
			const kinds = [...others, ...known.filter(([, latestMs]) => latestMs.length > 0)];
			staticData[dataKey] = Object.fromEntries(kinds.slice(-keptKinds));
		},
	};
}
