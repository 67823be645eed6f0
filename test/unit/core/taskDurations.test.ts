import { keptDurations, openTaskDurations } from '../../../nodes/NanoBanana/core/taskDurations';

describe('the durations of a kind of task', () => {
	it('say nothing before three are known', () => {
		const durations = openTaskDurations();
		durations.add(10_000);
		durations.add(20_000);
		expect(durations.window()).toBeUndefined();
		durations.add(30_000);
		expect(durations.window()).toEqual({ earliestMs: 0, latestMs: 40_000 });
	});

	it('know more exactly the more there are', () => {
		const many = Array.from({ length: 21 }, (_, index) => 10_000 + index * 1_000);
		expect(openTaskDurations(many).window()).toEqual({ earliestMs: 9_000, latestMs: 31_000 });
	});

	it('leave some room where all took the same', () => {
		expect(openTaskDurations([10_000, 10_000, 10_000]).window()).toEqual({
			earliestMs: 9_800,
			latestMs: 10_200,
		});
	});

	it('are not widened by one that hung', () => {
		const usual = Array.from({ length: 20 }, (_, index) => 30_000 + index * 1_000);
		const window = openTaskDurations([...usual, 290_000]).window();
		expect(window?.latestMs).toBeLessThan(60_000);
	});

	it('keep the latest only', () => {
		const durations = openTaskDurations(Array<number>(keptDurations).fill(10_000));
		for (let index = 0; index < keptDurations; index++) durations.add(50_000);
		expect(durations.latestMs).toEqual(Array<number>(keptDurations).fill(50_000));
		expect(durations.window()?.earliestMs).toBe(49_000);
	});

	it('take nothing that is no duration, from wherever it comes', () => {
		const durations = openTaskDurations(['10', null, -1, 0, Number.NaN, {}, 12_000]);
		durations.add(Number.NaN);
		durations.add(Number.POSITIVE_INFINITY);
		expect(durations.latestMs).toEqual([12_000]);
	});
});
