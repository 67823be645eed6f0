import { objectOf, parseJson } from '../../nodes/NanoBanana/core/tolerant';
import type { Exchange, Expected } from './types';

/** What stands at a place of an answer: a dotted path into its JSON, or a header. */
export function valueAt({ response }: Exchange, place: string): unknown {
	if (place.startsWith('header:')) return response.headers[place.slice('header:'.length)];
	return place.split('.').reduce<unknown>((value, name) => {
		if (Array.isArray(value)) return (value as unknown[])[Number(name)];
		const object = objectOf(value);
		return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
	}, response.json);
}

/** Whether a value is what was expected. */
export function isAsExpected(value: unknown, expected: Expected): boolean {
	if ('value' in expected) return JSON.stringify(value) === JSON.stringify(expected.value);
	if ('pattern' in expected) return isScalar(value) && expected.pattern.test(String(value));
	switch (expected.kind) {
		case 'text':
			return typeof value === 'string' && value.trim() !== '';
		case 'number':
			return typeof value === 'number';
		case 'list':
			return Array.isArray(value);
		case 'object':
			return objectOf(value) !== undefined;
		case 'date':
			return typeof value === 'string' && Number.isFinite(Date.parse(value));
		case 'jsonText':
			return typeof value === 'string' && objectOf(parseJson(value)) !== undefined;
		case 'nothing':
			return value === undefined || value === null || value === '';
	}
}

/** The expectation in words. */
export function describeExpected(expected: Expected): string {
	if ('value' in expected) return JSON.stringify(expected.value);
	if ('pattern' in expected) return String(expected.pattern);
	const words = {
		text: 'a text',
		number: 'a number',
		list: 'a list',
		object: 'an object',
		date: 'a date',
		jsonText: 'an object as JSON text',
		nothing: 'nothing',
	} as const;
	return words[expected.kind];
}

/** The dotted paths of all values in a JSON value; `[]` stands for each entry of a list. */
export function fieldPaths(value: unknown, path = ''): string[] {
	if (Array.isArray(value)) {
		const inner = value.flatMap((entry) => fieldPaths(entry, `${path}[]`));
		return inner.length === 0 ? [path] : [...new Set(inner)];
	}
	const members = Object.entries(objectOf(value) ?? {});
	if (members.length === 0) return path === '' ? [] : [path];
	return members.flatMap(([name, member]) =>
		fieldPaths(member, path === '' ? name : `${path}.${name}`),
	);
}

function isScalar(value: unknown): value is string | number | boolean {
	return ['string', 'number', 'boolean'].includes(typeof value);
}
