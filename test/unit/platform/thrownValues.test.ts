import { connectionFailureReason } from '../../../nodes/NanoBanana/platform/connectionErrors';
import { unexpectedFailure } from '../../../nodes/NanoBanana/platform/nodeErrors';

const hostile = {
	get message(): string {
		throw new Error('not to be read');
	},
};

describe('whatever is thrown, there is a failure to show', () => {
	it.each([
		['an error', new Error('The file is gone'), 'The file is gone'],
		['a text', 'out of memory', 'out of memory'],
		['nothing', undefined, 'undefined'],
		['null', null, 'null'],
		['a symbol', Symbol('odd'), 'Symbol(odd)'],
		['an object with a message', { message: 'from afar' }, 'from afar'],
		['an object without a prototype', Object.create(null), 'not an error'],
		['an object that throws when it is read', hostile, 'not an error'],
		['an error with a number as its message', { message: 5, toString: () => 'five' }, 'five'],
	])('%s', (_name, thrown, words) => {
		expect(unexpectedFailure(thrown).message).toContain(words);
	});
});

describe('whatever a request throws, it is known how the connection ended', () => {
	it.each([
		['an object without a prototype', Object.create(null), 'reset'],
		['one with a code', Object.assign(Object.create(null), { code: 'ENOTFOUND' }), 'dns'],
		['an object whose constructor is a text', { constructor: 'SsrfError' }, 'reset'],
		['nothing', undefined, 'reset'],
		['a text', 'ECONNREFUSED', 'reset'],
		[
			'many errors at once',
			{ errors: Array.from({ length: 500_000 }, () => ({ code: 'ECONNREFUSED' })) },
			'refused',
		],
	])('%s', (_name, thrown, reason) => {
		expect(connectionFailureReason(thrown)).toBe(reason);
	});

	it('is known for a circle of causes, too', () => {
		const error: { cause?: unknown; code: string } = { code: 'EPIPE' };
		error.cause = error;
		expect(connectionFailureReason(error)).toBe('reset');
	});
});
