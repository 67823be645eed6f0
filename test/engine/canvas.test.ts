import './harness/environment';

import { Workflow, type INode, type INodeParameters, type INodeType } from 'n8n-workflow';

import { NanoBanana } from '../../nodes/NanoBanana/NanoBanana.node';
import { NanoBananaTrigger } from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import { operations } from '../../nodes/NanoBanana/operations';
import { callingVendors, vendors } from '../../nodes/NanoBanana/vendors';
import { cancelingVendor, nameOf, uploadingVendor } from '../vendors/roles';

/** A text of the description, as the editor evaluates it for a node on the canvas. */
function textOf(
	nodeType: INodeType,
	text: string | undefined,
	parameters: INodeParameters,
): string {
	const node: INode = {
		id: '1',
		name: 'Node',
		type: nodeType.description.name,
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const nodeOf = () => nodeType;
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: { getByName: nodeOf, getByNameAndVersion: nodeOf, getKnownTypes: () => ({}) },
	});
	return String(workflow.expression.getSimpleParameterValue(node, text, 'internal', {}));
}

const node = new NanoBanana();
const trigger = new NanoBananaTrigger();

const offered = vendors.flatMap((vendor) =>
	operations
		.filter(({ isOfferedBy }) => isOfferedBy(vendor))
		.map(({ resource, operation }) => ({ vendor: vendor.id, resource, operation })),
);

it.each(offered)('$vendor, $resource, $operation has a subtitle in words', (chosen) => {
	const [name, what, ...others] = textOf(node, node.description.subtitle, chosen).split(': ');
	expect(name).toBe(nameOf(chosen.vendor));
	expect(what).toMatch(/^[a-z]+( [a-z]+)*$/);
	expect(others).toEqual([]);
});

it.each([
	['image', 'generate', cancelingVendor, 'generate'],
	['image', 'edit', uploadingVendor, 'edit'],
	['task', 'wait', cancelingVendor, 'wait for task'],
	['account', 'getBalance', uploadingVendor, 'get account balance'],
])('the subtitle of %s, %s at %s ends with "%s"', (resource, operation, vendor, words) => {
	const subtitle = textOf(node, node.description.subtitle, { vendor, resource, operation });
	expect(subtitle).toBe(`${nameOf(vendor)}: ${words}`);
});

it.each(callingVendors.map(({ id }) => [id]))('%s is named while its call is awaited', (vendor) => {
	const parameters = { vendor, resource: 'image', operation: 'generate' };
	expect(textOf(node, node.description.waitingNodeTooltip, parameters)).toBe(
		`The execution is parked until ${nameOf(vendor)} calls back. It continues by itself when all tasks have ended, or after the timeout.`,
	);
	expect(textOf(trigger, trigger.description.subtitle, { vendor })).toBe(
		`${nameOf(vendor)}: image finished`,
	);
});
