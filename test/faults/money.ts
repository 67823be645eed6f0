import { keptTasks, shownTexts, type Evidence } from './evidence';
import { leavesSubmitUnclear } from './expectations';
import type { FaultName } from '../sandbox';

export interface MoneyVerdict {
	readonly charged: number;
	readonly lost: number;
	readonly duplicates: number;
	readonly problems: readonly string[];
}

/** Where the money went: what was charged reached the user, and nothing was bought twice. */
export function judgeMoney(evidence: Evidence): MoneyVerdict {
	const kept = keptTasks(evidence);
	const shown = shownTexts(evidence);
	const isUnclear = saysUnclear(evidence, shown);
	const problems: string[] = [];
	let lost = 0;
	for (const { id } of kept) {
		const isShown = spellingsOf(id).some((spelling) => shown.includes(spelling));
		const isLogged = evidence.log.namesTask(id);
		if (isShown && isLogged) continue;
		if (isShown) problems.push(`the charged task ${id} is not in n8n's log`);
		else if (isLogged) problems.push(`the charged task ${id} is in n8n's log only`);
		else if (!isUnclear) lost++;
	}
	const duplicates = Math.max(0, kept.length - 1);
	if (lost > 0) problems.push(`${lost} charged tasks reached nobody`);
	if (duplicates > 0) problems.push(`${kept.length} tasks were charged for one image`);
	if (isUnclear && !wasSubmitUnclear(evidence)) {
		problems.push('the submit is called unclear although its answer was not');
	}
	return { charged: kept.length, lost, duplicates, problems };
}

/** As it is, quoted in a message, and such a message within JSON. */
function spellingsOf(id: string): readonly string[] {
	const quoted = JSON.stringify(id).slice(1, -1);
	return [id, quoted, JSON.stringify(quoted).slice(1, -1)];
}

/** A thrown error carries no code, so there its words count. */
function saysUnclear({ outcome }: Evidence, shown: string): boolean {
	return outcome === 'submitUnknown' || shown.includes('not known whether the task was taken');
}

function wasSubmitUnclear({ stage, cell }: Evidence): boolean {
	// Its answer is fine but for the id.
	if (cell.fault === 'idUnusable' || cell.fault === 'idOfPlaceholder') return true;
	return stage.sandbox.ledger
		.requestsOf('submit', cell.vendor)
		.some(({ fault }) => isUnclearFault(fault));
}

/** Whether a request was struck by a fault that leaves a submit unclear. */
export function isUnclearFault(fault: string | undefined): boolean {
	return (fault ?? '').split(' ').some((name) => leavesSubmitUnclear(name as FaultName));
}
