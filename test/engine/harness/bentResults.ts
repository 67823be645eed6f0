import type { RelayedAnswer } from './relay';

/**
 * A vendor's answer with something else in the place of each result URL, wherever the vendor has it: the
 * addresses of the API itself (a status, a cancel) stay.
 */
export function withResults(
	answer: RelayedAnswer,
	replace: (url: string, index: number) => unknown,
): RelayedAnswer {
	let index = 0;
	return bentText(answer, (value) =>
		typeof value === 'string' && isResult(value) ? { instead: replace(value, index++) } : undefined,
	);
}

/** The same where the answer names images: they are gone, and these members stand beside them. */
export function withoutResults(
	answer: RelayedAnswer,
	beside: Readonly<Record<string, unknown>>,
): RelayedAnswer {
	const bend = (value: unknown): { readonly instead: unknown } | undefined => {
		if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
		const members = Object.entries(value as Record<string, unknown>);
		const kept = members.filter(([, member]) => !holdsResult(member));
		const lists = members.filter(([, member]) => holdsResult(member) && Array.isArray(member));
		if (kept.length === members.length) return undefined;
		return {
			instead: {
				...Object.fromEntries([
					...kept.map(([name, member]) => [name, bend(member)?.instead ?? member]),
					...lists.map(([name]) => [name, []]),
				]),
				...beside,
			},
		};
	};
	return bentText(answer, bend);
}

/** Below objects and lists of URLs, but not in objects of their own. */
function holdsResult(value: unknown): boolean {
	if (Array.isArray(value)) {
		return value.some((entry: unknown) =>
			typeof entry === 'object' && entry !== null
				? Object.values(entry).some(holdsResult)
				: holdsResult(entry),
		);
	}
	return typeof value === 'string' && isResult(value);
}

function isResult(text: string): boolean {
	return /^https?:\/\/\S+\.(?:png|jpg|webp)$/.test(text);
}

function bentText(
	answer: RelayedAnswer,
	bend: (value: unknown) => { readonly instead: unknown } | undefined,
): RelayedAnswer {
	const bent = (value: unknown): unknown => {
		const other = bend(value);
		if (other !== undefined) return other.instead;
		if (typeof value === 'string' && value.startsWith('{')) {
			return JSON.stringify(bent(JSON.parse(value)));
		}
		if (Array.isArray(value)) return value.map((entry: unknown) => bent(entry));
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bent(each)]));
	};
	try {
		return { ...answer, text: JSON.stringify(bent(JSON.parse(answer.text))) };
	} catch {
		return answer;
	}
}
