import { keptDurations, openTaskDurations } from '../../../nodes/NanoBanana/core/taskDurations';

describe('the durations of a kind of task', () => {
	it('say nothing before three are known', () => {
		const durations = openTaskDurations();
		durations.add(10_000);
		durations.add(20_000);
		expect(durations.span()).toBeUndefined();
		durations.add(30_000);
		expect(durations.span()).toEqual({ earliestMs: 0, latestMs: 40_000 });
	});

	it('know more exactly the more there are', () => {
		const many = Array.from({ length: 21 }, (_, index) => 10_000 + index * 1_000);
		expect(openTaskDurations(many).span()).toEqual({ earliestMs: 9_000, latestMs: 31_000 });
	});

	it('leave some room where all took the same', () => {
		expect(openTaskDurations([10_000, 10_000, 10_000]).span()).toEqual({
			earliestMs: 9_800,
			latestMs: 10_200,
		});
	});

	it('are not widened by one that hung', () => {
		const usual = Array.from({ length: 20 }, (_, index) => 30_000 + index * 1_000);
		const span = openTaskDurations([...usual, 290_000]).span();
		expect(span?.latestMs).toBeLessThan(60_000);
	});

	it('keep the latest only', () => {
		const durations = openTaskDurations(Array<number>(keptDurations).fill(10_000));
		for (let index = 0; index < keptDurations; index++) durations.add(50_000);
		expect(durations.span()).toEqual({ earliestMs: 49_000, latestMs: 51_000 });
	});

	it('take nothing that is no duration', () => {
		const durations = openTaskDurations([-1, 0, Number.NaN, 12_000, 12_000]);
		durations.add(Number.NaN);
		durations.add(Number.POSITIVE_INFINITY);
		expect(durations.span()).toBeUndefined();
		durations.add(12_000);
		expect(durations.span()).toEqual({ earliestMs: 11_760, latestMs: 12_240 });
	});
});
