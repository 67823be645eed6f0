import { holdsExpression } from '../../../nodes/NanoBanana/core/typedValues';

describe('an expression that n8n has not evaluated', () => {
	it.each([
		'{{ $json.prompt }}',
		"A {{$('Form').item.json.animal}} in oil",
		'{{ JSON.stringify({a:$json.b}) }}',
		'{{ {a:1}[$json.b] }}',
		'{{ `x ${$json.a}` }}',
		'{{ Object.values({a:1})[0] + $json.x }}',
		'{{ $_x }}',
		'{{ {a: {b: 1} }.a.b + $now }}',
		'{{name}} and {{ $json.name }}',
		'{{{ $json.name }}}',
		'{{ $json.prompt',
	])('is in %s', (text) => {
		expect(holdsExpression(text)).toBe(true);
	});

	it.each([
		'A sign that says "$json"',
		'{{name}} pays $five to {{other}}',
		'{"scene": {"price": "$five"}}',
		'{ $json.prompt }',
		'{{ 1 }} costs $2',
		'A menu: {{ $5 }}',
		'$json {{',
	])('is not in %s', (text) => {
		expect(holdsExpression(text)).toBe(false);
	});
});
