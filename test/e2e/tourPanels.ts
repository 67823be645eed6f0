import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import {
	NodeHelpers,
	type INodeParameters,
	type INodeProperties,
	type INodeType,
} from 'n8n-workflow';
import { operations } from '../../nodes/NanoBanana/operations';
import { callingVendors } from '../../nodes/NanoBanana/vendors';
import type { ImageVendor } from '../../nodes/NanoBanana/core/vendor';
import type { OfferedOperation } from '../../nodes/NanoBanana/panel/properties';
import { modelIds, modelNames, type ModelId } from '../../nodes/NanoBanana/core/words';
import type * as NodeModule from '../../nodes/NanoBanana/NanoBanana.node';
import type * as TriggerModule from '../../nodes/NanoBanana/NanoBananaTrigger.node';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { shownProperties } from '../saved-workflows/panel';
import { nodeType as nodeTypeName } from '../server/demoWorkflow';
import type { WorkflowInput, WorkflowNode } from '../server/n8nClient';
import type { Stage } from '../server/stage';
import { handTrigger } from './money/workflows';

/** One panel that a person can come to, and what has to be seen there. */
export interface ExpectedPanel {
	/** The name of its node in the workflow of the tour. */
	readonly name: string;
	readonly file: string;
	readonly node: WorkflowNode;
	/** What its node says on the canvas. */
	readonly subtitle: string;
	/** The names of all parameters and added options. */
	readonly parameters: readonly string[];
	readonly notices: readonly string[];
	/** Notices of the other vendors and operations, which must not be there. */
	readonly otherNotices: readonly string[];
	/** How many fields show that something is missing in them. */
	readonly issues: number;
	/** Lists that depend on the model, with the choices that it leaves. */
	readonly lists: ReadonlyArray<{ readonly name: string; readonly choices: readonly string[] }>;
}

type Values = Readonly<Record<string, string>>;

/** Named with their endings: beside each lies a JSON file of the same name, which would be found first. */
const load = createRequire(__filename);
const { NanoBanana } = load('../../nodes/NanoBanana/NanoBanana.node.ts') as typeof NodeModule;
const { NanoBananaTrigger } = load(
	'../../nodes/NanoBanana/NanoBananaTrigger.node.ts',
) as typeof TriggerModule;
const actionNode: INodeType = new NanoBanana();
const triggerNode: INodeType = new NanoBananaTrigger();
const triggerTypeName = nodeTypeName.replace('.nanoBanana', '.nanoBananaTrigger');
const resourceNames: Readonly<Record<string, string>> = {
	image: 'Image',
	task: 'Task',
	account: 'Account',
};
/** A collection has no field of its own: it shows what was added to it. */
const fieldless = ['notice', 'collection', 'credentials', 'hidden'];
const prompt = 'A product photo of a ceramic lamp on a walnut desk, soft morning light';
/** Who adds the option has to type an amount. */
const anyMaxCost = 1_000;
const distance = 240;
const columns = 6;

/** The panel of each vendor and operation, of each further model, and of the trigger. */
export function expectedPanels(): ExpectedPanel[] {
	return [
		...vendors.flatMap((vendor) => [
			...operations
				.filter(({ isOfferedBy }) => isOfferedBy(vendor))
				.map((operation) => operationPanel(vendor, operation)),
			...modelIds
				.filter((id) => id !== 'nanoBananaPro' && vendor.models[id] !== undefined)
				.map((id) => modelPanel(vendor, id)),
		]),
		...callingVendors.map(triggerPanel),
	];
}

/** Where the credential dialogs are opened and an image is made. */
export function imagePanelName(vendor: ImageVendor): string {
	return `${vendor.displayName}: Image → Generate`;
}

/** Where the trigger's texts are read. */
export function triggerPanelName(vendor: ImageVendor): string {
	return `${vendor.displayName}: Trigger`;
}

/** n8n itself sees that this one has no prompt, and only the run that the other one has none. */
export const missingPromptName = 'Missing prompt';
export const emptyPromptName = 'Empty prompt';

/** One workflow with a node for each panel, and two without a prompt. */
export function tourWorkflow(panels: readonly ExpectedPanel[], stage: Stage): WorkflowInput {
	const start = handTrigger();
	const [first] = panels;
	if (first === undefined) throw new Error('There is no panel');
	const withPrompt = (name: string, text: string): WorkflowNode => ({
		...first.node,
		id: randomUUID(),
		name,
		parameters: { ...first.node.parameters, prompt: text },
	});
	const nodes = [
		...panels.map(({ node }) => node),
		withPrompt(missingPromptName, ''),
		withPrompt(emptyPromptName, '={{ $json.text }}'),
	].map((node, index) => ({
		...node,
		credentials: credentialsOf(String(node.parameters['vendor']), stage),
		position: [(1 + (index % columns)) * distance, Math.floor(index / columns) * distance],
	}));
	const targets = nodes
		.filter(({ type }) => type === nodeTypeName)
		.map(({ name }) => ({ node: name, type: 'main', index: 0 }));
	return {
		name: 'Tour',
		nodes: [{ ...start, position: [0, 0] }, ...nodes],
		connections: { [start.name]: { main: [targets] } },
		settings: { executionOrder: 'v1' },
		pinData: {},
	};
}

function operationPanel(
	vendor: ImageVendor,
	{ resource, operation, name, action }: OfferedOperation,
): ExpectedPanel {
	const isImage = resource === 'image';
	const values: Values = {
		vendor: vendor.id,
		resource,
		operation,
	};
	return expectedPanel({
		name: `${vendor.displayName}: ${resourceNames[resource] ?? resource} → ${name}`,
		subtitle: `${vendor.displayName}: ${(isImage ? name : action).toLowerCase()}`,
		file: `${vendor.id}-${resource}-${operation}`,
		type: actionNode,
		typeName: nodeTypeName,
		values,
		// So that the option that goes with it is seen too.
		chosen: operation === 'edit' ? { completion: 'submit' } : {},
		further: isImage ? { prompt } : {},
		lists: operation === 'generate' ? [{ name: 'model', choices: modelChoices(vendor) }] : [],
	});
}

function modelPanel(vendor: ImageVendor, id: ModelId): ExpectedPanel {
	const model = vendor.models[id];
	const ratios = (model?.aspectRatios ?? []).map((ratio) => (ratio === 'auto' ? 'Auto' : ratio));
	return expectedPanel({
		name: `${vendor.displayName}: ${id}`,
		subtitle: `${vendor.displayName}: generate`,
		file: `${vendor.id}-model-${id}`,
		type: actionNode,
		typeName: nodeTypeName,
		values: { vendor: vendor.id, resource: 'image', operation: 'generate', model: id },
		further: { prompt },
		lists: [{ name: 'aspectRatio', choices: ratios }],
	});
}

function modelChoices(vendor: ImageVendor): string[] {
	return modelIds
		.filter((id) => vendor.models[id] !== undefined)
		.map((id) => modelNames[id])
		.sort((one, other) => one.localeCompare(other));
}

function triggerPanel(vendor: ImageVendor): ExpectedPanel {
	return expectedPanel({
		name: triggerPanelName(vendor),
		subtitle: `${vendor.displayName}: image finished`,
		file: `${vendor.id}-trigger`,
		type: triggerNode,
		typeName: triggerTypeName,
		values: { vendor: vendor.id },
		further: {},
		lists: [],
	});
}

function expectedPanel(panel: {
	name: string;
	subtitle: string;
	file: string;
	type: INodeType;
	typeName: string;
	values: Values;
	/** Options that are not at their default. */
	chosen?: Values;
	further: Values;
	lists: ExpectedPanel['lists'];
}): ExpectedPanel {
	const { name, subtitle, file, type, typeName, values, chosen = {}, further, lists } = panel;
	const shown = shownProperties(type, 1, values);
	const isNotice = ({ type: kind }: INodeProperties) => kind === 'notice';
	const notices = shown.filter(isNotice).map(wordsOf);
	const options = optionsShown(type, shown, values, chosen);
	return {
		name,
		subtitle,
		file,
		node: {
			id: randomUUID(),
			name,
			type: typeName,
			typeVersion: 1,
			parameters: {
				...values,
				...further,
				...(options.length === 0
					? {}
					: {
							options: { ...defaultsOf(options), ...chosen },
						}),
			},
			...(typeName === triggerTypeName ? { webhookId: randomUUID() } : {}),
		},
		parameters: [
			...shown
				.filter(({ type: kind }) => !fieldless.includes(kind))
				.map((property) => property.name),
			...options.map((option) => option.name),
		],
		notices,
		// The notice of one operation can be a part of another one's.
		otherNotices: allNotices().filter((notice) => !notices.some((own) => own.includes(notice))),
		issues: 0,
		lists,
	};
}

/** Every option that can be added here beside those that were chosen. */
function optionsShown(
	{ description }: INodeType,
	shown: readonly INodeProperties[],
	values: Values,
	chosen: Values,
): INodeProperties[] {
	const collection = shown.find(({ type }) => type === 'collection');
	const all = (collection?.options ?? []) as INodeProperties[];
	const added = { ...defaultsOf(all), ...chosen };
	return all.filter((option) =>
		NodeHelpers.displayParameter(added, option, { typeVersion: 1 }, description, { ...values }),
	);
}

function defaultsOf(options: readonly INodeProperties[]): INodeParameters {
	return Object.fromEntries(
		options.map(({ name, default: value }) => [name, name === 'maxCost' ? anyMaxCost : value]),
	);
}

function allNotices(): string[] {
	return [actionNode, triggerNode].flatMap(({ description }) =>
		description.properties.filter(({ type }) => type === 'notice').map(wordsOf),
	);
}

export function credentialsOf(
	vendorId: string,
	stage: Stage,
): NonNullable<WorkflowNode['credentials']> {
	const type = vendors.find(({ id }) => id === vendorId)?.credentialType ?? '';
	const demo = stage.nodes.find(({ credentialType }) => credentialType === type);
	return {
		[type]: { id: stage.credentialIds.get(type) ?? null, name: demo?.credentialName ?? type },
	};
}

/** The text of a notice as it is read: a link in it is a tag. */
function wordsOf({ displayName }: INodeProperties): string {
	return displayName.replaceAll(/<[^>]+>/g, '');
}
