import {
	NodeHelpers,
	type IConnections,
	type INode,
	type INodeParameters,
	type INodeType,
} from 'n8n-workflow';
import { createHash } from 'node:crypto';

import type { ImageVendor } from '../../nodes/NanoBanana/core/vendor';
import type { SavedWorkflow } from './files';

const nodeTypeName = 'n8n-nodes-nano-banana-vendors.nanoBanana';
/** The test keeps tasks with these words in the queue, so that there is something to cancel. */
const toCancel = 'A banana to cancel';

interface Step {
	readonly name: string;
	/** The node whose items it gets. */
	readonly after: string;
	readonly parameters: INodeParameters;
}

/** A workflow with every operation of a vendor, all that can be left at its default left there. */
export function workflowOfDefaults(vendor: ImageVendor): readonly Step[] {
	const { id } = vendor;
	const image = { vendor: id, resource: 'image' };
	const task = { vendor: id, resource: 'task' };
	return [
		{
			name: 'Generate',
			after: 'Start',
			parameters: { ...image, operation: 'generate', prompt: 'A banana' },
		},
		{
			name: 'Edit',
			after: 'Generate',
			parameters: { ...image, operation: 'edit', prompt: 'Make it blue' },
		},
		{
			name: 'Submit',
			after: 'Start',
			parameters: {
				...image,
				operation: 'generate',
				prompt: 'A pear',
				options: { completion: 'submit' },
			},
		},
		{ name: 'Wait', after: 'Submit', parameters: { ...task, operation: 'wait' } },
		{ name: 'Get', after: 'Submit', parameters: { ...task, operation: 'get' } },
		...cancelSteps(vendor, {}),
		...balanceSteps(vendor, {}),
	];
}

/** The same with every parameter and every option set to something else. */
export function workflowOfOptions(vendor: ImageVendor): readonly Step[] {
	const { id } = vendor;
	const image = { vendor: id, resource: 'image' };
	const task = { vendor: id, resource: 'task' };
	const [, otherModel = 'nanoBananaPro'] = Object.keys(vendor.models);
	const hand = { fileName: 'poster', binaryField: 'picture', timeout: 120, pollInterval: 0.2 };
	const many = { maxTasksAtOnce: 3, output: 'itemPerInput' };
	const chosen = {
		aspectRatio: '16:9',
		resolution: '2K',
	};
	const all = { outputFormat: 'jpg', simplify: false };
	return [
		{
			name: 'Generate',
			after: 'Start',
			parameters: {
				...image,
				...chosen,
				operation: 'generate',
				model: otherModel,
				prompt: '={{ "A poster of " + 3 + " bananas" }}',
				numberOfImages: 2,
				options: { ...hand, ...many, ...all },
			},
		},
		{
			name: 'Edit',
			after: 'Generate',
			parameters: {
				...image,
				...chosen,
				operation: 'edit',
				prompt: 'Both of them, in one picture',
				referenceBinaryFields: 'picture, picture_1',
				referenceUrls: '={{ $json.images.map((image) => image.url) }}',
				options: { ...hand, ...all },
			},
		},
		{
			name: 'Only the Address',
			after: 'Start',
			parameters: {
				...image,
				operation: 'generate',
				prompt: 'A lemon',
				options: {
					download: false,
					customModel: vendor.models.nanoBananaPro?.vendorModel ?? '',
					pollInterval: 0.2,
				},
			},
		},
		{
			name: 'Placeholder',
			after: 'Start',
			parameters: {
				...image,
				...chosen,
				operation: 'generate',
				prompt: 'A fig',
				options: { placeholder: 'always', simplify: false },
			},
		},
		{
			name: 'Formats',
			after: 'Start',
			parameters: {
				...image,
				operation: 'generate',
				prompt: 'A plum',
				options: {
					additionalFields: '{"seed": 7}',
					aspectRatios: ['1:1', '16:9'],
					includeInputFields: true,
					...(vendor.costs?.isToldBySubmit === true ? { maxCost: 1000 } : {}),
				},
			},
		},
		{
			name: 'Submit',
			after: 'Start',
			parameters: {
				...image,
				...chosen,
				operation: 'generate',
				prompt: 'A pear',
				options: { ...all, completion: 'submit' },
			},
		},
		{
			name: 'Wait',
			after: 'Submit',
			parameters: {
				...task,
				operation: 'wait',
				taskId: '={{ $json.taskId }}',
				options: { ...hand, ...many, simplify: false },
			},
		},
		{
			name: 'Get',
			after: 'Wait',
			parameters: {
				...task,
				operation: 'get',
				taskId: '={{ $json.taskIds[0] }}',
				options: { ...many, simplify: false },
			},
		},
		...cancelSteps(vendor, {
			taskId: '={{ $json.taskId }}',
			options: { simplify: false },
		}),
		...balanceSteps(vendor, { options: { simplify: false } }),
	];
}

function cancelSteps(vendor: ImageVendor, parameters: INodeParameters): readonly Step[] {
	if (vendor.cancelTask === undefined) return [];
	return [
		{
			name: 'Submit to Cancel',
			after: 'Start',
			parameters: {
				vendor: vendor.id,
				resource: 'image',
				operation: 'generate',
				prompt: toCancel,
				options: { completion: 'submit' },
			},
		},
		{
			name: 'Cancel',
			after: 'Submit to Cancel',
			parameters: { vendor: vendor.id, resource: 'task', operation: 'cancel', ...parameters },
		},
	];
}

function balanceSteps(vendor: ImageVendor, parameters: INodeParameters): readonly Step[] {
	if (vendor.getBalance === undefined) return [];
	return [
		{
			name: 'Get Balance',
			after: 'Start',
			parameters: {
				vendor: vendor.id,
				resource: 'account',
				operation: 'getBalance',
				...parameters,
			},
		},
	];
}

/** The workflow as n8n exports it: parameters that are hidden or at their default are not in it. */
export function exported(
	name: string,
	vendor: ImageVendor,
	steps: readonly Step[],
	nodeType: INodeType,
	typeVersion: number,
): SavedWorkflow {
	const start: INode = {
		parameters: {},
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		position: [0, 0],
		id: idOf(name, 'Start'),
		name: 'Start',
	};
	const nodes = steps.map((step, index): INode => {
		const node = {
			parameters: step.parameters,
			type: nodeTypeName,
			typeVersion,
			position: [220 * depthOf(step, steps), 160 * index] as [number, number],
			id: idOf(name, step.name),
			name: step.name,
			credentials: {
				[vendor.credentialType]: {
					id: idOf(vendor.id, 'credential').replaceAll('-', '').slice(0, 16),
					name: `${vendor.displayName} account`,
				},
			},
		};
		const { description } = nodeType;
		const parameters = NodeHelpers.getNodeParameters(
			description.properties,
			step.parameters,
			false,
			false,
			node,
			description,
		);
		return { ...node, parameters: parameters ?? {} };
	});
	const connections: IConnections = {};
	for (const { name: target, after } of steps) {
		const outputs = (connections[after] ??= { main: [[]] });
		outputs.main?.[0]?.push({ node: target, type: 'main', index: 0 });
	}
	return {
		name,
		nodes: [start, ...nodes],
		pinData: {},
		connections,
		active: false,
		settings: { executionOrder: 'v1' },
		versionId: idOf(name, 'version'),
		meta: {
			templateCredsSetupCompleted: true,
			instanceId: idOf('instance', '').replaceAll('-', '').repeat(2),
		},
		tags: [],
	} as SavedWorkflow;
}

function depthOf(step: Step, steps: readonly Step[]): number {
	const before = steps.find(({ name }) => name === step.after);
	return before === undefined ? 1 : depthOf(before, steps) + 1;
}

/** The same at each run, so that the files are. */
function idOf(...parts: readonly string[]): string {
	const digest = createHash('sha256').update(parts.join('/')).digest('hex');
	return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
