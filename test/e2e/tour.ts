import type { Locator } from 'playwright-core';
import type { ImageVendor } from '../../nodes/NanoBanana/core/vendor';
import { vendors } from '../../nodes/NanoBanana/vendors';
import type { Workflow } from '../server/n8nClient';
import type { Sandbox } from '../sandbox';
import { owner, type Stage } from '../server/stage';
import { expect, type Checks } from './checks';
import { openBrowser } from './chromium';
import { Editor } from './editor';
import { checkLooks } from './tourLooks';
import {
	emptyPromptName,
	expectedPanels,
	imagePanelName,
	missingPromptName,
	tourWorkflow,
	type ExpectedPanel,
} from './tourPanels';
import { plainVendor } from '../vendors/roles';

const folder = 'tour';
const searches = [
	'image generation',
	'text to image',
	'ai image',
	'photo',
	'gemini',
	'nano banana pro',
	'nano-banana',
	'google image',
	'flash image',
	'banner',
	plainVendor,
];
/** So tall that the longest panel needs no scrolling. */
const viewport = { width: 1440, height: 2000 };
const outputViewport = { width: 1440, height: 900 };

/**
 * Opens every panel that a person can come to, takes a picture of each, and compares what it shows with
 * what the registry and n8n's own rules say. One page, one workflow: a node for each panel.
 */
export async function checkTour(checks: Checks, stage: Stage, sandbox: Sandbox): Promise<void> {
	const run = async (what: string, check: () => void | Promise<void>): Promise<void> => {
		await checks.run(`n8n ${stage.server.version}, ${what}`, check);
	};
	const context = await openBrowser();
	try {
		const page = await context.newPage();
		await page.setViewportSize(viewport);
		const pageErrors: string[] = [];
		page.on('pageerror', (error) => pageErrors.push(error.message));
		const editor = new Editor(page, stage.server.url, `n8n-${stage.server.version}`);
		await editor.signIn(owner);
		const panels = expectedPanels();
		const workflow = await stage.client.createWorkflow(tourWorkflow(panels, stage));
		await editor.openWorkflow(workflow.id);
		await run('tour: what people type finds the node', async () => {
			for (const words of searches) await checkSearch(editor, words);
		});
		for (const panel of panels) {
			await run(`tour: the panel of ${panel.name}`, async () => {
				await open(editor, panel.name);
				await editor.screenshotOf(panelOf(editor), `${folder}/${panel.file}`);
				await compare(editor, panel);
			});
		}
		for (const vendor of vendors) {
			await run(`tour: the credential dialog of ${vendor.displayName}`, async () => {
				await open(editor, imagePanelName(vendor));
				await checkNewCredential(editor, vendor.credentialType);
			});
		}
		await run('tour: the picture in the output, and a failure with its hint', async () => {
			await checkOutputs(editor, workflow);
		});
		await editor.closeNode();
		await checkLooks(run, editor, stage, sandbox, { workflow, panels });
		await run('tour: the page reported no error', () => {
			expect(pageErrors.length === 0, pageErrors.join('\n'));
		});
	} finally {
		await context.close();
	}
}

async function checkSearch(editor: Editor, words: string): Promise<void> {
	const found = await editor.searchNodes(words);
	await editor.screenshot(`${folder}/search-${words.replaceAll(' ', '-')}`);
	await editor.page.keyboard.press('Escape');
	await editor.page.getByTestId('node-creator').waitFor({ state: 'hidden' });
	expect(found.includes('Nano Banana'), `"${words}" lists: ${found.join(', ') || 'nothing'}`);
}

function panelOf(editor: Editor): Locator {
	return editor.page.getByTestId('node-parameters');
}

/** Opens a panel from wherever the last one left the page. */
async function open(editor: Editor, name: string): Promise<void> {
	await editor.closeNode();
	await editor.openNode(name);
}

async function compare(editor: Editor, panel: ExpectedPanel): Promise<void> {
	const shown = new Set(await editor.shownParameters());
	const missing = panel.parameters.filter((name) => !shown.has(name));
	const surplus = [...shown].filter((name) => !panel.parameters.includes(name));
	expect(missing.length === 0, `not shown: ${missing.join(', ')}; shown: ${[...shown].join(', ')}`);
	expect(surplus.length === 0, `shown, but should not be: ${surplus.join(', ')}`);

	const text = await panelOf(editor).innerText();
	for (const notice of panel.notices) expect(text.includes(notice), `no notice "${notice}"`);
	for (const notice of panel.otherNotices) {
		expect(!text.includes(notice), `the notice of another panel: "${notice}"`);
	}
	const issues = await panelOf(editor).getByTestId('parameter-issues').count();
	expect(issues === panel.issues, `${issues} fields have an issue, not ${panel.issues}`);

	for (const { name, choices } of panel.lists) {
		const offered = await editor.openChoices(name);
		await editor.screenshot(`${folder}/${panel.file}-${name}`);
		await editor.closeChoices();
		expect(
			offered.join(' ') === choices.join(' '),
			`${name} offers ${offered.join(' ')}, not ${choices.join(' ')}`,
		);
	}
}

async function checkNewCredential(editor: Editor, credentialType: string): Promise<void> {
	const { page } = editor;
	const dialog = page.getByTestId('editCredential-modal');
	await page.getByTestId('node-credentials-select').click();
	await page.getByTestId('node-credentials-select-item-new').click();
	await dialog.waitFor();
	await editor.settle();
	await editor.screenshotOf(dialog, `${folder}/credential-${credentialType}`);
	for (const name of ['apiKey', 'baseUrl']) {
		await dialog.getByTestId(`parameter-input-${name}`).first().waitFor();
	}
	const baseUrl = await dialog.getByTestId('parameter-input-baseUrl').locator('input').inputValue();
	expect(baseUrl.startsWith('https://'), `the base URL is "${baseUrl}"`);
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'hidden' });
}

/** What a person sees after the click: the picture beside its panel, or what to do. */
async function checkOutputs(editor: Editor, workflow: Workflow): Promise<void> {
	const { page } = editor;
	const output = page.getByTestId('output-panel');
	await editor.closeNode();
	await page.setViewportSize(outputViewport);
	await editor.openWorkflow(workflow.id);
	const [largest] = [...vendors].sort((one, other) => modelCount(other) - modelCount(one));
	if (largest !== undefined) await showModels(editor, largest);

	const [vendor] = vendors;
	if (vendor === undefined) throw new Error('The registry is empty');
	await open(editor, imagePanelName(vendor));
	await editor.executeStep();
	await editor.viewImage();
	await editor.screenshot(`${folder}/output-picture`);

	await open(editor, missingPromptName);
	await editor.screenshot(`${folder}/missing-prompt`);
	const issues = await panelOf(editor).getByTestId('parameter-issues').count();
	expect(issues === 1, `${issues} fields have an issue where only the prompt is missing`);
	await open(editor, emptyPromptName);
	await page.getByTestId('node-execute-button').click();
	await output.getByTestId('node-run-status-danger').waitFor();
	await editor.settle();
	await editor.screenshot(`${folder}/output-failure`);
	const text = await output.innerText();
	expect(text.includes('Write a prompt'), `the hint is not shown: ${text}`);
}

/** The picture of the panel in the README. */
async function showModels(editor: Editor, vendor: ImageVendor): Promise<void> {
	await open(editor, imagePanelName(vendor));
	await editor.openChoices('model');
	await editor.screenshot(`${folder}/models`);
	await editor.closeChoices();
}

function modelCount({ models }: ImageVendor): number {
	return Object.keys(models).length;
}
