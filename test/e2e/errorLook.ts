import type { Sandbox } from '../sandbox';
import type { WorkflowNode } from '../server/n8nClient';
import type { Stage } from '../server/stage';
import { expect } from './checks';
import type { Step } from './credentialDialog';
import type { Editor } from './editor';
import {
	fannedOut,
	itemsOf,
	makeImages,
	type CredentialReferences,
	type NodeSettings,
} from './money/workflows';
import { credentialTypeOf, plainVendor } from '../vendors/roles';

const credentialType = credentialTypeOf(plainVendor);
const refusedPrompt = 'A prompt that moderation refuses';

/** How a failure looks to a person: in the output panel of a run that it ends, and on the error output. */
export async function checkErrorLook(
	step: Step,
	editor: Editor,
	stage: Stage,
	sandbox: Sandbox,
): Promise<void> {
	const { page } = editor;
	const panel = page.getByTestId('output-panel');
	const credentials: CredentialReferences = {
		[credentialType]: {
			id: stage.credentialIds.get(credentialType) ?? null,
			name: 'Runbase account',
		},
	};
	const make = (
		name: string,
		parameters: Readonly<Record<string, unknown>>,
		settings: NodeSettings = {},
	): WorkflowNode => ({
		...makeImages(plainVendor, credentials, parameters, settings),
		name,
	});
	const execute = async (node: string, outcome: 'danger' | 'success'): Promise<void> => {
		await editor.openNode(node);
		await page.getByTestId('node-execute-button').click();
		await panel.getByTestId(`node-run-status-${outcome}`).waitFor();
		await editor.settle();
	};
	const close = async (): Promise<void> => {
		await page.keyboard.press('Escape');
		await page.getByTestId('node-parameters').waitFor({ state: 'hidden' });
	};
	const shownError = async (): Promise<{ message: string; description: string }> => ({
		message: await panel.getByTestId('node-error-message').innerText(),
		description: await panel.getByTestId('node-error-description').innerText(),
	});

	await step('an empty prompt is called so, with its item', async () => {
		const workflow = await stage.client.createWorkflow(
			fannedOut('How failures look', itemsOf(['A banana clock', refusedPrompt, '']), [
				make('Empty prompt', {}),
				make(
					'Too little time',
					{ prompt: 'A banana clock', options: { timeout: 1 } },
					{ executeOnce: true },
				),
				make(
					'Error output',
					{ prompt: '={{ $json.prompt || "A banana clock" }}' },
					{ onError: 'continueErrorOutput' },
				),
			]),
		);
		await editor.openWorkflow(workflow.id);
		await execute('Empty prompt', 'danger');
		await editor.screenshot('error-empty-prompt');
		const { message, description } = await shownError();
		expect(message.trim() === 'The prompt is empty [item 2]', `it reads: ${message}`);
		expect(description.includes('Write a prompt'), `its hint reads: ${description}`);
		await close();
	});
	await step('a timeout names the task and the way to its picture', async () => {
		await execute('Too little time', 'danger');
		await editor.screenshot('error-timeout');
		const { message, description } = await shownError();
		const taskId = sandbox.ledger.tasks.at(-1)?.id ?? '';
		expect(message.includes(taskId), `it names no task ${taskId}: ${message}`);
		expect(message.split('[item 0]').length === 2, `it names its item not once: ${message}`);
		expect(description.includes('Task → Wait'), `its hint reads: ${description}`);
		await close();
	});
	await step('the error output shows the item with its error', async () => {
		const fault = sandbox.faults.add({
			fault: 'taskModerated',
			vendor: plainVendor,
			match: { prompt: refusedPrompt },
		});
		await execute('Error output', 'success');
		sandbox.faults.clear(fault);
		await panel.getByText('Error Branch (1 item)').click();
		await panel.getByTestId('radio-button-json').click();
		await editor.settle();
		await editor.screenshot('error-output-json');
		const text = await panel.innerText();
		for (const part of [refusedPrompt, 'contentRejected', 'hint', 'resumable']) {
			expect(text.includes(part), `the JSON does not show "${part}": ${text}`);
		}
	});
}
