import type { Basis } from './types';
import type { FieldReport, Judgement, Verdict } from './judge';

const basisWords: Readonly<Record<Basis, string>> = {
	page: 'vendor’s page',
	doc: 'another page of the vendor',
	seen: 'seen once',
	clone: 'the upstream’s way',
	inferred: 'inferred',
	unknown: 'unknown',
};

const nameOfKind: Readonly<Record<FieldReport['kind'], string>> = {
	submit: 'the answer to a submit',
	poll: 'the answers to polls',
	balance: 'the balance',
	cancel: 'the answer to a cancel',
	error: 'errors',
};

/** Every assumption with what became of it, those that did not hold first. */
export function formatJudgements(judgements: readonly Judgement[]): string[] {
	const order: readonly Verdict[] = ['did not hold', 'held', 'not seen'];
	const lines = order.flatMap((verdict) =>
		judgements
			.filter((judgement) => judgement.verdict === verdict)
			.map(({ assumption, why }) => {
				const reason = why === undefined ? '' : ` — ${why}`;
				return `  ${verdict.toUpperCase().padEnd(13)}${assumption.says} [${basisWords[assumption.basis]}]${reason}`;
			}),
	);
	const counts = order.map(
		(verdict) => `${judgements.filter((each) => each.verdict === verdict).length} ${verdict}`,
	);
	return ['', 'Assumptions', ...lines, `  ${counts.join(', ')}`];
}

/** Which documented fields came, which did not, and which are new. */
export function formatFields(reports: readonly FieldReport[]): string[] {
	return [
		'',
		'Fields',
		...reports.flatMap(({ kind, came, missing, undocumented }) => [
			`  in ${nameOfKind[kind]}`,
			`    came:         ${listed(came)}`,
			`    did not come: ${listed(missing)}`,
			`    new:          ${listed(undocumented)}`,
		]),
	];
}

function listed(paths: readonly string[]): string {
	return paths.length === 0 ? '—' : paths.join(', ');
}
