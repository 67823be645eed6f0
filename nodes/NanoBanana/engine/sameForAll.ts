import { failed, type Outcome } from '../core/failure';
import type { OrderSettings } from '../core/order';

/** The choices that all items of a run must share. */
interface Common {
	readonly settings: Pick<OrderSettings, 'completion'>;
	readonly maxCost: number | undefined;
	readonly isPlaceholder: boolean;
}

/** An execution is parked as a whole and has one Max Cost, so the items of a run cannot differ in these. */
export function likeTheOthers<Item extends Common>(
	item: Outcome<Item>,
	earlier: ReadonlyArray<Outcome<Item>>,
): Outcome<Item> {
	const first = earlier.find((other) => other.ok)?.value;
	if (!item.ok || first === undefined) return item;
	if (item.value.isPlaceholder !== first.isPlaceholder) {
		const [own, other] = [item.value.isPlaceholder, first.isPlaceholder].map((isPlaceholder) =>
			isPlaceholder ? 'on' : 'off',
		);
		return failed({
			reason: 'invalidRequest',
			message: `'Placeholder Images' is ${own} here and ${other} for an earlier item`,
			hint: 'Use the same choice for all items, or send them to two Nano Banana steps.',
		});
	}
	const completions = [item.value.settings.completion, first.settings.completion];
	if (completions.includes('callback') && completions[0] !== completions[1]) {
		return failed({
			reason: 'invalidRequest',
			message: 'Some items of this run wait for a callback and some do not',
			hint: "Use the same 'When to Continue' for all items, because n8n parks the whole execution.",
		});
	}
	const [own, other] = [item.value.maxCost, first.maxCost];
	if (own === other) return item;
	return failed({
		reason: 'invalidRequest',
		message: `'Max Cost' is ${own ?? 'not set'} here and ${other ?? 'not set'} for an earlier item`,
		hint: 'Use the same number for all items: it is the limit of the whole run.',
	});
}
