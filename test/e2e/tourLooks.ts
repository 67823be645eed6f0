import { randomUUID } from 'node:crypto';
import { describeVendor } from '../../nodes/NanoBanana/panel/modelChoices';
import { triggerPanel } from '../../nodes/NanoBanana/panel/triggerPanel';
import { callingVendors, vendors } from '../../nodes/NanoBanana/vendors';
import type { Sandbox } from '../sandbox';
import { nodeType } from '../server/demoWorkflow';
import type { Workflow, WorkflowInput, WorkflowNode } from '../server/n8nClient';
import type { Stage } from '../server/stage';
import { nameOf, uploadingVendor } from '../vendors/roles';
import { expect } from './checks';
import type { Editor } from './editor';
import { handTrigger, startNode } from './money/workflows';
import { credentialsOf, imagePanelName, triggerPanelName, type ExpectedPanel } from './tourPanels';

const folder = 'tour';
const toolName = 'As a tool';
const parkedName = 'Parked';
const freeName = 'For free';
const nextName = 'Next step';
const parkedTaskMs = 60_000;
/** Longer than n8n takes to park an execution. */
const parkingMs = 60_000;

/**
 * What a person sees of the node outside of its fields: on the canvas, in the nodes panel, beside the
 * trigger's panel, as a tool, and while it is parked.
 */
export async function checkLooks(
	run: (what: string, check: () => Promise<void>) => Promise<void>,
	editor: Editor,
	stage: Stage,
	sandbox: Sandbox,
	tour: { workflow: Workflow; panels: readonly ExpectedPanel[] },
): Promise<void> {
	const { page } = editor;
	await editor.openWorkflow(tour.workflow.id);
	await run('tour: each node says on the canvas which vendor does what', async () => {
		for (const { name, subtitle } of tour.panels) {
			const text = await editor.node(name).innerText();
			expect(text.includes(subtitle), `${name} shows "${text}", not "${subtitle}"`);
		}
		await editor.screenshot(`${folder}/canvas`);
	});
	const [first] = vendors;
	const [calling] = callingVendors;
	if (first === undefined || calling === undefined) throw new Error('The registry is empty');
	for (const name of [imagePanelName(first), triggerPanelName(calling)]) {
		await run(`tour: the credential stands right under the vendor: ${name}`, async () => {
			await editor.closeNode();
			await editor.openNode(name);
			await checkCredentialPlace(editor);
		});
	}
	await run('tour: each vendor in the list says what it is for', async () => {
		await editor.closeNode();
		await editor.openNode(imagePanelName(first));
		await editor.openChoices('vendor');
		await editor.screenshot(`${folder}/vendors`);
		const lines = await page.locator('.el-select-dropdown:visible').innerText();
		await editor.closeChoices();
		for (const vendor of vendors) {
			const line = describeVendor(vendor);
			expect(lines.includes(line), `"${line}" is not in: ${lines}`);
		}
	});
	await run('tour: the trigger says beside its panel what its two URLs are for', async () => {
		await editor.closeNode();
		await editor.openNode(triggerPanelName(calling));
		await checkTriggerPanel(editor);
	});
	await editor.closeNode();
	await run('tour: the nodes panel calls the trigger by what it starts for', async () => {
		await editor.searchNodes('nano banana');
		await editor.openNodeDetails('Nano Banana');
		const creator = page.getByTestId('node-creator');
		await creator.getByText(/^Triggers \(/).click();
		await creator.getByText('Image Finished').waitFor();
		await editor.screenshot(`${folder}/trigger-action`);
	});
	await run('tour: it stands among the AI nodes, beside Gemini and OpenAI', async () => {
		await editor.openWorkflow(tour.workflow.id);
		await page.getByTestId('node-creator-plus-button').click();
		const creator = page.getByTestId('node-creator');
		await creator.getByText('AI', { exact: true }).first().click();
		await creator.getByText('Google Gemini', { exact: true }).waitFor();
		await editor.settle();
		await editor.screenshot(`${folder}/ai-nodes`);
		const names = await page.getByTestId('node-creator-item-name').allInnerTexts();
		for (const name of ['Google Gemini', 'Nano Banana', 'OpenAI']) {
			expect(names.includes(name), `${name} is not among: ${names.join(', ')}`);
		}
	});
	const free = await stage.client.createWorkflow(freeWorkflow(stage));
	await editor.openWorkflow(free.id);
	await run('tour: the next step knows the fields before anything has run', async () => {
		await checkFieldsBefore(editor);
	});
	await editor.closeNode();
	await run('tour: a placeholder comes by hand, and nothing leaves n8n', async () => {
		await checkPlaceholder(editor, sandbox);
	});
	await editor.closeNode();
	const looks = await stage.client.createWorkflow(looksWorkflow(stage));
	await editor.openWorkflow(looks.id);
	await run('tour: a tool leaves only prompt and reference URLs to the model', async () => {
		await editor.openNode(toolName);
		await editor.screenshot(`${folder}/tool`);
		await checkOffers(editor);
	});
	await editor.closeNode();
	await run('tour: a parked node says for whom it waits', async () => {
		const { taskDurationMs } = sandbox.settings;
		sandbox.settings.taskDurationMs = parkedTaskMs;
		try {
			await checkParked(editor);
		} finally {
			sandbox.settings.taskDurationMs = taskDurationMs;
			for (const id of await stage.client.listExecutions(looks.id)) {
				await stage.client.stopExecution(id).catch(() => undefined);
			}
		}
	});
}

/** A whole step is tried without a key, a credit or a request. */
async function checkPlaceholder(editor: Editor, sandbox: Sandbox): Promise<void> {
	const { page } = editor;
	const before = sandbox.ledger.requests.length;
	await editor.openNode(freeName);
	await editor.executeStep();
	const output = page.getByTestId('output-panel');
	await output.getByTestId('radio-button-json').click();
	await output
		.getByText(/placeholder-/)
		.first()
		.waitFor();
	await editor.viewImage();
	await editor.screenshot(`${folder}/placeholder`);
	const sent = sandbox.ledger.requests.length - before;
	expect(sent === 0, `${sent} requests have left n8n`);
}

/** Before anything has run, the next step's fields can be dragged. */
async function checkFieldsBefore(editor: Editor): Promise<void> {
	await editor.openNode(nextName);
	const input = editor.page.getByTestId('ndv-input-panel');
	// The editor keeps the view of the node before.
	await input.getByTestId('radio-button-schema').click();
	await input.getByText('aspectRatio', { exact: true }).waitFor();
	await editor.settle();
	await editor.screenshot(`${folder}/fields-before-run`);
	const text = await input.innerText();
	for (const field of ['vendor', 'prompt', 'url', 'fileName', 'width', 'height']) {
		expect(text.includes(field), `"${field}" is not among: ${text}`);
	}
}

/** Vendor, credential, and only then the next field. */
async function checkCredentialPlace({ page }: Editor): Promise<void> {
	const panel = page.getByTestId('node-parameters');
	const topOf = async (testId: string): Promise<number> => {
		const box = await panel.getByTestId(testId).first().boundingBox();
		expect(box !== null, `${testId} is not shown`);
		return box.y;
	};
	const credential = await topOf('node-credentials-select');
	const tops = await panel
		.locator('[data-test-id^="parameter-input-"]')
		.evaluateAll((elements) => elements.map((element) => element.getBoundingClientRect().top));
	const vendor = await topOf('parameter-input-vendor');
	const between = tops.filter((top) => top > vendor + 5 && top < credential - 5);
	expect(vendor < credential, 'the credential stands above the vendor');
	expect(between.length === 0, `${between.length} fields stand between vendor and credential`);
	const below = tops.filter((top) => top > credential + 5);
	expect(below.length > 0, 'the credential stands below all fields');
}

async function checkTriggerPanel(editor: Editor): Promise<void> {
	if (typeof triggerPanel !== 'object') throw new Error('The trigger has no texts');
	const { page } = editor;
	const header = await page.getByTestId('trigger-header').innerText();
	expect(header.trim() === triggerPanel.header, `its header is "${header}"`);
	await page.getByText('When will this node trigger my flow?').click();
	await page.getByText('While you build').waitFor();
	await editor.settle();
	await editor.screenshot(`${folder}/trigger-help`);
	const text = await page.getByTestId('ndv').innerText();
	for (const words of ['test URL', 'production URL', 'Publish this workflow']) {
		expect(text.includes(words), `"${words}" is not in: ${text}`);
	}
}

/** n8n marks each field that can be left to the model. */
async function checkOffers({ page }: Editor): Promise<void> {
	const offers = page.getByTestId('from-ai-override-button');
	await offers.first().waitFor();
	const labels = await offers.evaluateAll((buttons) =>
		buttons.map((button) => {
			const item = button.closest('[data-test-id="parameter-item"], .parameter-item');
			return (item instanceof HTMLElement ? item.innerText : '').split('\n')[0] ?? '';
		}),
	);
	expect(labels.join(', ') === 'Prompt, Reference URLs', `it offers: ${labels.join(', ')}`);
}

async function checkParked(editor: Editor): Promise<void> {
	const { page } = editor;
	await editor.openNode(parkedName);
	await page.getByTestId('node-execute-button').click();
	const text = `The execution is parked until ${nameOf(uploadingVendor)} calls back.`;
	await page.getByTestId('output-panel').getByText(text).waitFor({ timeout: parkingMs });
	await editor.settle();
	await editor.screenshot(`${folder}/parked`);
}

function looksWorkflow(stage: Stage): WorkflowInput {
	const node = (name: string, more: Pick<WorkflowNode, 'type' | 'parameters'>): WorkflowNode => ({
		id: randomUUID(),
		name,
		typeVersion: 1,
		position: [240, name === toolName ? 240 : 0],
		credentials: credentialsOf(uploadingVendor, stage),
		...more,
	});
	const image = { vendor: uploadingVendor, resource: 'image' };
	return {
		name: 'Looks',
		nodes: [
			{ ...handTrigger(), position: [0, 0] },
			node(parkedName, {
				type: nodeType,
				parameters: {
					...image,
					operation: 'generate',
					prompt: 'A lamp',
					options: { completion: 'callback' },
				},
			}),
			node(toolName, {
				type: `${nodeType}Tool`,
				parameters: {
					...image,
					operation: 'edit',
					options: { aspectRatios: ['1:1'], fileName: 'lamp', timeout: 300 },
				},
			}),
		],
		connections: { [startNode]: { main: [[{ node: parkedName, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
		pinData: {},
	};
}

function freeWorkflow(stage: Stage): WorkflowInput {
	const vendor = uploadingVendor;
	return {
		name: 'For free',
		nodes: [
			{ ...handTrigger(), position: [0, 0] },
			{
				id: randomUUID(),
				name: freeName,
				type: nodeType,
				typeVersion: 1,
				position: [240, 0],
				credentials: credentialsOf(vendor, stage),
				parameters: {
					...{ vendor, resource: 'image', operation: 'generate' },
					prompt: 'A red bicycle in front of a bakery',
					aspectRatio: '16:9',
					options: { placeholder: 'manual' },
				},
			},
			{
				id: randomUUID(),
				name: nextName,
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				position: [480, 0],
				parameters: {},
			},
		],
		connections: {
			[startNode]: { main: [[{ node: freeName, type: 'main', index: 0 }]] },
			[freeName]: { main: [[{ node: nextName, type: 'main', index: 0 }]] },
		},
		settings: { executionOrder: 'v1' },
		pinData: {},
	};
}
