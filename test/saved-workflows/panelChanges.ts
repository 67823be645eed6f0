import type { RecordedParameter } from './files';
import type { Panel, PanelParameter } from './panel';

/**
 * What of a recorded panel is no longer so, in words. n8n saves neither a parameter nor an option that
 * is at its default, so another default changes what a saved workflow does as much as another name.
 * What was added since is no change.
 */
export function panelChanges(recorded: readonly RecordedParameter[], panel: Panel): string[] {
	return recorded.flatMap(({ parameter, shownIn }) =>
		shownIn.flatMap((situation) =>
			changesOf(
				parameter,
				panel.get(situation)?.find(({ name }) => name === parameter.name),
				`${situation}: ${parameter.name}`,
			),
		),
	);
}

function changesOf(
	before: PanelParameter,
	now: PanelParameter | undefined,
	place: string,
): readonly string[] {
	if (now === undefined) return [`${place} is gone`];
	const lost = (before.values ?? []).filter((value) => now.values?.includes(value) !== true);
	return [
		...(now.type === before.type ? [] : [`${place} was ${before.type} and is ${now.type}`]),
		...(JSON.stringify(now.default) === JSON.stringify(before.default)
			? []
			: [
					`${place} had the default ${JSON.stringify(before.default)} and has ${JSON.stringify(now.default)}`,
				]),
		...(now.noDataExpression === true && before.noDataExpression !== true
			? [`${place} no longer takes an expression`]
			: []),
		...lost.map((value) => `${place} has lost the value ${JSON.stringify(value)}`),
		...(before.options ?? []).flatMap((option) =>
			changesOf(
				option,
				now.options?.find(({ name }) => name === option.name),
				`${place}.${option.name}`,
			),
		),
	];
}
