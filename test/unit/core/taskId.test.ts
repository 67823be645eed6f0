import fc from 'fast-check';

import {
	isUsableTaskId,
	otherTaskId,
	quotedTaskId,
	trimmedTaskId,
} from '../../../nodes/NanoBanana/core/task';
import { pathSegment } from '../../../nodes/NanoBanana/core/urls';
import { wellFormedText } from '../../wellFormedText';

describe('a task id', () => {
	it.each<[unknown, string | undefined]>([
		['img_1', 'img_1'],
		['  img_1 ', 'img_1'],
		['img_1\r\n', 'img_1'],
		['\u00a0\ufeff\u200bimg_1\u2003', 'img_1'],
		['job 7 of today', 'job 7 of today'],
		['\u{e0001}a\u{e0020}', 'a'],
		[`a${' '.repeat(19_990)}b`, `a${' '.repeat(19_990)}b`],
		[42, '42'],
		['', undefined],
		[' \n', undefined],
		[null, undefined],
		[{}, undefined],
	])('%j is trimmed to %j', (given, expected) => {
		expect(trimmedTaskId(given)).toBe(expected);
	});

	it.each([
		['img_1', true],
		['a b', true],
		['Größe-7', true],
		['漢字', true],
		['eu/2026/1?x=100%&y', true],
		['x'.repeat(257), true],
		['1765178625768123457', true],
		['😀', true],
		['x'.repeat(1_001), false],
		['a\nb', false],
		['a\u0007b', false],
		['a\u202eb', false],
		['a\u200bb', false],
		['a\ud83d', false],
		['.', false],
		['..', false],
	])('%j can be used: %p', (taskId, expected) => {
		expect(isUsableTaskId(taskId)).toBe(expected);
	});

	it('is encoded whole where it can be used', () => {
		fc.assert(
			fc.property(wellFormedText(), (text) => {
				const taskId = trimmedTaskId(text);
				if (taskId === undefined || !isUsableTaskId(taskId)) return;
				expect(decodeURIComponent(pathSegment(taskId))).toBe(taskId);
			}),
		);
	});

	it.each<[string, unknown, boolean]>([
		['task-1', 'task-2', true],
		['task-1', 7, true],
		['漢字', '文字', true],
		['task-1', ' TASK_1\n', false],
		['nano-banana-pro.4f1c', '4f1c', false],
		['4f1c', 'nano-banana-pro.4f1c', false],
		['Größe', 'Gro\u0308ße', false],
		['task-1', undefined, false],
		['task-1', {}, false],
		['task-1', '..', false],
		['task-1', 'a\u0007b', false],
	])('%j is not that of an answer for %j: %p', (asked, named, isOther) => {
		expect(otherTaskId(asked, named) !== undefined).toBe(isOther);
	});

	it('is quoted in one line where it cannot', () => {
		expect(quotedTaskId('a\u0007b')).toBe('"a\\u0007b"');
		expect(quotedTaskId('a\u202eb\u200b')).toBe('"a\\u202eb\\u200b"');
		expect(quotedTaskId('x'.repeat(2_000))).toBe(`"${'x'.repeat(2_000)}"`);
		expect(quotedTaskId('x'.repeat(9_000))).toHaveLength(4_000);
	});
});
