import { roundedAmount } from './cost';
import type { Cost } from './cost';

/**
 * Keeps the submits of a run within its limit, in the vendor's own unit. Only earlier tasks show the price
 * of a task: the first of a kind goes alone, and each later one reserves the highest cost seen for its
 * kind. So only the first of a kind may cost more than is left.
 */
export interface Budget {
	readonly limit: number;
	/** The amount charged, with the amounts reserved for submits under way and for unclear ones. */
	used(): number;
	/** The highest cost of such a task so far; undefined where no cost is known. */
	priceOf(task: PricedTask): number | undefined;
	/**
	 * Asks whether a task may be submitted. `wait`: tasks under way may leave room, so ask again soon.
	 * `refused`: there will be no more room.
	 */
	ask(task: PricedTask): Reservation | 'wait' | 'refused';
	/**
	 * Counts a task that an earlier run has submitted: by its cost, or else by its reservation. No submit
	 * waits for such a task, because this run may poll it last.
	 */
	count(task: PricedTask, told: Cost | undefined, reserved?: number): Reservation;
	/** Counts an amount that was spent before and will not be refunded. */
	spend(amount: number): void;
}

export interface PricedTask {
	/** The model and the size, which decide the price of an image. */
	readonly kind: string;
	readonly images: number;
}

/** The budget set aside for one task, until one of these calls settles it. */
export interface Reservation {
	/** Undefined while the cost of the task is unknown. */
	amount(): number | undefined;
	/** The vendor has taken the task, and may have stated its cost. */
	taken(told: Cost | undefined): void;
	/** The vendor has certainly not taken it. */
	release(): void;
	/** No more news will come: the task has ended, or its submit stays unclear. */
	end(told: Cost | undefined): void;
}

interface Place {
	/** `open`: charged, but a part may be refunded if the task fails. */
	state: 'submitting' | 'open' | 'ended';
	/** Undefined: the task takes all that is left, and all that other tasks release. */
	amount: number | undefined;
}

export function createBudget(limit: number): Budget {
	const places = new Set<Place>();
	const pricesPerImage = new Map<string, number>();
	/** Kinds whose first task waits until no submit is under way. */
	const waitingFirst = new Set<string>();

	const takenBy = (taking: readonly Place[]): number => {
		const sum = roundedAmount(taking.reduce((total, { amount = 0 }) => total + amount, 0));
		return taking.some(({ amount }) => amount === undefined) ? Math.max(limit, sum) : sum;
	};
	const used = (): number => takenBy([...places]);
	const left = (): number => Math.max(0, roundedAmount(limit - used()));
	const isSubmitting = (): boolean => [...places].some(({ state }) => state === 'submitting');
	/** The amount left if everything under way were refunded. */
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
			// Otherwise tasks of a known price could keep a first one waiting until all of them are done.
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
