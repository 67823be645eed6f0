import { isTerminal, readState, type TaskState } from '../../../nodes/NanoBanana/core/task';

const states: Readonly<Record<string, TaskState>> = { DONE: 'succeeded', WAITING: 'queued' };

it('reads a vendor’s word, and keeps it beside ours', () => {
	expect(readState(states, 'DONE')).toEqual({ state: 'succeeded', vendorState: 'DONE' });
	expect(readState(states, 'WAITING')).toEqual({ state: 'queued', vendorState: 'WAITING' });
});

it.each(['REVIEWING', 'done', '', 'constructor', '__proto__', 'toString'])(
	'a word that nobody documented (%j) leaves the task in flight',
	(word) => {
		expect(readState(states, word)).toEqual({ state: 'running', vendorState: word });
	},
);

it('a word that is a whole page is shortened', () => {
	const { vendorState } = readState(states, `<b>${'x'.repeat(5_000)}</b>`);
	expect(vendorState.length).toBeLessThanOrEqual(300);
	expect(vendorState).not.toContain('<b>');
});

it.each<[TaskState, boolean]>([
	['queued', false],
	['running', false],
	['succeeded', true],
	['failed', true],
	['canceled', true],
])('%s is terminal: %p', (state, expected) => {
	expect(isTerminal(state)).toBe(expected);
});
