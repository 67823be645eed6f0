import { roundedAmount } from './cost';
import type { Cost } from './cost';

/**
 * Keeps the submits of a run within what it may cost, in the vendor's own unit. The price of a task is
 * only known from those before it: the first of a kind goes alone, each later one reserves the highest
 * cost that was seen for its kind. So a first one may cost more than was left; no other submit can.
 */
export interface Budget {
	readonly limit: number;
	/** What was charged, with what is set aside for submits on their way and for unclear ones. */
	used(): number;
	/** What such a task has cost at most so far; undefined where none is known. */
	priceOf(task: PricedTask): number | undefined;
	/**
	 * Asks for leave to submit a task. `wait`: what is under way may leave room, so ask again soon.
	 * `refused`: there will be no room any more.
	 */
	ask(task: PricedTask): Reservation | 'wait' | 'refused';
	/**
	 * Counts a task that an earlier run has submitted: by its cost, else by what was reserved for it. It
	 * is not waited for, since this run may come to it last.
	 */
	count(task: PricedTask, told: Cost | undefined, reserved?: number): Reservation;
	/** Counts what was spent before and will not come back. */
	spend(amount: number): void;
}

export interface PricedTask {
	/** What decides on the price of an image: the model and the size. */
	readonly kind: string;
	readonly images: number;
}

/** The room of one task: what was reserved stays so until one of these tells more. */
export interface Reservation {
	/** Undefined while nobody knows what the task costs. */
	amount(): number | undefined;
	/** The vendor has taken the task, and said (or not) what it costs. */
	taken(told: Cost | undefined): void;
	/** The vendor has certainly not taken it. */
	release(): void;
	/** No more will be heard of it: of a task that has ended, or of a submit that stays unclear. */
	end(told: Cost | undefined): void;
}

interface Place {
	/** `open`: charged, but where the task fails some of it may come back. */
	state: 'submitting' | 'open' | 'ended';
	/** Without it the place takes all that is left, and all that others give back. */
	amount: number | undefined;
}

export function createBudget(limit: number): Budget {
	const places = new Set<Place>();
	const pricesPerImage = new Map<string, number>();
	/** Kinds of which the first one waits until no submit is on its way. */
	const waitingFirst = new Set<string>();

	const takenBy = (taking: readonly Place[]): number => {
		const sum = roundedAmount(taking.reduce((total, { amount = 0 }) => total + amount, 0));
		return taking.some(({ amount }) => amount === undefined) ? Math.max(limit, sum) : sum;
	};
	const used = (): number => takenBy([...places]);
	const left = (): number => Math.max(0, roundedAmount(limit - used()));
	const isSubmitting = (): boolean => [...places].some(({ state }) => state === 'submitting');
	/** What would be left if all that is under way came back. */
	const leftAtBest = (): number => {
		const ended = [...places].filter(({ state }) => state === 'ended');
		return Math.max(0, roundedAmount(limit - takenBy(ended)));
	};

	const priceOf = ({ kind, images }: PricedTask): number | undefined => {
		const price = pricesPerImage.get(kind);
		return price === undefined ? undefined : roundedAmount(price * images);
	};
	const learn = ({ kind, images }: PricedTask, { amount, refunded = 0 }: Cost): void => {
		const price = Math.max(0, amount + refunded) / images;
		pricesPerImage.set(kind, Math.max(price, pricesPerImage.get(kind) ?? 0));
		waitingFirst.delete(kind);
	};
	const reserve = (
		task: PricedTask,
		state: Place['state'],
		amount: number | undefined,
	): Reservation => {
		const place: Place = { state, amount };
		places.add(place);
		const hear = (told: Cost | undefined): void => {
			if (told === undefined) return;
			learn(task, told);
			place.amount = Math.max(0, told.amount);
		};
		return {
			amount: () => place.amount,
			taken(told) {
				hear(told);
				place.state = 'open';
			},
			release() {
				places.delete(place);
			},
			end(told) {
				hear(told);
				place.state = 'ended';
			},
		};
	};

	return {
		limit,
		used,
		priceOf,
		ask(task) {
			const price = priceOf(task);
			if (price === undefined) {
				const isPossible = left() > 0;
				if (!isPossible || !isSubmitting()) waitingFirst.delete(task.kind);
				if (!isPossible) return leftAtBest() > 0 ? 'wait' : 'refused';
				if (!isSubmitting()) return reserve(task, 'submitting', undefined);
				waitingFirst.add(task.kind);
				return 'wait';
			}
			if (price > left()) return price <= leftAtBest() ? 'wait' : 'refused';
			// Else those of a known price could keep a first one waiting until they are all done.
			return waitingFirst.size > 0 ? 'wait' : reserve(task, 'submitting', price);
		},
		count(task, told, reserved) {
			const reservation = reserve(task, 'ended', reserved);
			reservation.end(told);
			return reservation;
		},
		spend(amount) {
			places.add({ state: 'ended', amount });
		},
	};
}
