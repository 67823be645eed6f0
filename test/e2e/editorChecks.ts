import type { Sandbox } from '../sandbox';
import { demoTrigger } from '../server/demoWorkflow';
import { owner, type Stage } from '../server/stage';
import { expect, type Checks } from './checks';
import { openBrowser } from './chromium';
import { checkCredentialDialog, type Step } from './credentialDialog';
import { Editor } from './editor';
import { checkErrorLook } from './errorLook';

const prompt = 'A banana wearing a crown, studio light';

/** Each step stands on the one before, so the first that fails is the last. */
class StepFailed extends Error {}

/** Does in the editor what a person does who tries the node for the first time. */
export async function checkEditor(checks: Checks, stage: Stage, sandbox: Sandbox): Promise<void> {
	const context = await openBrowser();
	const page = await context.newPage();
	const pageErrors: string[] = [];
	page.on('pageerror', (error) => pageErrors.push(error.message));
	const editor = new Editor(page, stage.server.url);
	const step: Step = async (name, check) => {
		const passed = await checks.run(`editor: ${name}`, check);
		if (passed) return;
		await editor.screenshot('failure').catch(() => undefined);
		throw new StepFailed();
	};
	try {
		await doAsAPerson(step, editor, stage, sandbox);
		await step('the page reported no error', () => {
			expect(pageErrors.length === 0, pageErrors.join('\n'));
		});
	} catch (error) {
		if (!(error instanceof StepFailed)) throw error;
		console.log('        the later steps in the editor stand on this one and were left out');
		console.log('        output/screenshots/failure.png shows the editor at that moment');
	} finally {
		await context.close();
	}
}

async function doAsAPerson(
	step: Step,
	editor: Editor,
	stage: Stage,
	sandbox: Sandbox,
): Promise<void> {
	const { page } = editor;
	await step('the owner signs in and sees the demo workflow', async () => {
		await editor.signIn(owner);
		await editor.openWorkflow(stage.workflow.id);
		for (const node of stage.nodes) {
			await editor.node(node.name).waitFor();
		}
		await editor.screenshot('01-demo-workflow');
	});
	await step('typing "nano banana" finds the node', async () => {
		await editor.selectNode(demoTrigger);
		const names = await editor.searchNodes('nano banana');
		await editor.screenshot('02-nodes-panel');
		expect(names.includes('Nano Banana'), `the panel listed: ${names.join(', ') || 'nothing'}`);
	});
	await step('its details list each action once', async () => {
		const actions = await editor.openNodeDetails('Nano Banana');
		await editor.screenshot('03-node-details');
		expect(actions.includes('Generate image'), `the actions are: ${actions.join(', ')}`);
		const twice = actions.filter((action, index) => actions.indexOf(action) !== index);
		expect(twice.length === 0, `listed more than once: ${twice.join(', ')}`);
	});
	await step('"Generate image" drops it and opens its panel', async () => {
		await editor.addByAction('Generate image');
		const shown = await editor.shownParameters();
		for (const name of ['vendor', 'resource', 'operation', 'prompt', 'aspectRatio']) {
			expect(shown.includes(name), `"${name}" is not shown, but: ${shown.join(', ')}`);
		}
		await editor.screenshot('04-node-panel');
	});
	await step('the account is there for Apikley and not for Runbase', async () => {
		await editor.choose('vendor', 'Runbase');
		const choices = await editor.openChoices('resource');
		await editor.closeChoices();
		expect(!choices.includes('Account'), `Runbase offers: ${choices.join(', ')}`);
		await editor.choose('vendor', 'Apikley');
		const others = await editor.openChoices('resource');
		await editor.closeChoices();
		expect(others.includes('Account'), `Apikley offers: ${others.join(', ')}`);
	});
	await step('a task can be cancelled at SkillBoss and not at Runbase', async () => {
		await editor.choose('vendor', 'SkillBoss');
		await editor.choose('resource', 'Task');
		const choices = await editor.openChoices('operation');
		await editor.screenshot('07-task-operations');
		await editor.closeChoices();
		expect(choices.includes('Cancel'), `SkillBoss offers: ${choices.join(', ')}`);
		await editor.choose('vendor', 'Runbase');
		const others = await editor.openChoices('operation');
		await editor.closeChoices();
		expect(!others.includes('Cancel'), `Runbase offers: ${others.join(', ')}`);
		await editor.choose('resource', 'Image');
	});
	await checkCredentialDialog(step, editor, sandbox);
	await step('executing the step shows the picture', async () => {
		await editor.openNode('Generate image');
		await editor.type('prompt', prompt);
		await editor.choose('aspectRatio', '16:9');
		await editor.executeStep();
		await page.getByTestId('radio-button-binary').click();
		await editor.settle();
		await editor.screenshot('10-output');
		await page.getByTestId('ndv-view-binary-data').first().click();
		const picture = page.locator('[data-test-id="output-panel"] img').last();
		await picture.waitFor();
		await page.waitForFunction(() =>
			Array.from(
				document.querySelectorAll<HTMLImageElement>('[data-test-id="output-panel"] img'),
			).some((image) => image.naturalWidth > 500),
		);
		await editor.settle();
		await editor.screenshot('11-picture');
	});
	await checkErrorLook(step, editor, stage, sandbox);
}
