import {
	asEnded,
	isTerminal,
	knownState,
	readState,
	type TaskState,
} from '../../../nodes/NanoBanana/core/task';

const states: Readonly<Record<string, TaskState>> = { DONE: 'succeeded', WAITING: 'queued' };

it('reads a vendor’s word, and keeps it beside ours', () => {
	expect(readState(states, 'DONE')).toEqual({ state: 'succeeded', vendorState: 'DONE' });
	expect(readState(states, 'WAITING')).toEqual({ state: 'queued', vendorState: 'WAITING' });
});

it.each(['REVIEWING', '', 'constructor', '__proto__', 'toString'])(
	'a word that nobody documented (%j) leaves the task in flight',
	(word) => {
		expect(readState(states, word)).toEqual({
			state: 'running',
			vendorState: word,
			isUnknownWord: true,
		});
		expect(knownState(states, word)).toBeUndefined();
	},
);

it.each(['done', 'Done', ' DONE ', 'DONE\n', 'D o n e'])('%j is the word DONE', (word) => {
	expect(readState(states, word)).toEqual({ state: 'succeeded', vendorState: word.trim() });
	expect(knownState(states, word)).toBe('succeeded');
});

it.each(['in_progress', 'In Progress', 'IN-PROGRESS', 'inProgress'])(
	'%j is IN_PROGRESS',
	(word) => {
		expect(knownState({ IN_PROGRESS: 'running' }, word)).toBe('running');
	},
);

it('an unknown word with images stands for a success where the task has ended', () => {
	const snapshot = {
		taskId: 'a',
		...readState(states, 'ready'),
		images: [{ url: 'https://a.example' }],
	};
	expect(asEnded(snapshot).state).toBe('succeeded');
	expect(asEnded({ ...snapshot, images: [] }).state).toBe('running');
	const { isUnknownWord: _unknown, ...documented } = snapshot;
	expect(asEnded(documented).state).toBe('running');
});

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
