import type { Locator } from 'playwright-core';
import type { Sandbox } from '../sandbox';
import { findFreePort } from '../server/freePort';
import { badKey } from './credentialChecks';
import type { Editor } from './editor';
import { plainVendor } from '../vendors/roles';

export type Step = (name: string, check: () => void | Promise<void>) => Promise<void>;

/** Makes a Runbase credential in the dialog: first a wrong one, then one whose host is down, then a right one. */
export async function checkCredentialDialog(
	step: Step,
	editor: Editor,
	sandbox: Sandbox,
): Promise<void> {
	const { page } = editor;
	const dialog = page.getByTestId('editCredential-modal');

	await step('a bad key is refused in the credential dialog', async () => {
		await page.getByTestId('node-credentials-select').click();
		await page.getByTestId('node-credentials-select-item-new').click();
		await dialog.waitFor();
		// The editor asks the server for a name, and can save nothing before it has one.
		await dialog.getByTestId('credential-name').waitFor();
		await fill(dialog, 'apiKey', badKey);
		await fill(dialog, 'baseUrl', sandbox.baseUrl(plainVendor));
		await page.getByTestId('credential-save-button').click();
		await expectRefusal(dialog, /refused.*key|key.*refused/i);
		await editor.settle();
		await editor.screenshot('08-bad-key');
	});
	await step('a host that is down is called so', async () => {
		await fill(dialog, 'baseUrl', `http://127.0.0.1:${await findFreePort()}`);
		await page.getByTestId('credential-save-button').click();
		await expectRefusal(dialog, /refused the connection|ECONNREFUSED|reached|offline/i);
		await editor.settle();
		await editor.screenshot('08-host-down');
	});
	await step('a good key is connected', async () => {
		await fill(dialog, 'apiKey', sandbox.settings.apiKey);
		await fill(dialog, 'baseUrl', sandbox.baseUrl(plainVendor));
		await page.getByTestId('credential-save-button').click();
		// n8n closes the dialog of a credential that works, and tests it again when it is opened.
		await dialog.waitFor({ state: 'hidden' });
		await page.getByTestId('credential-edit-button').click();
		await dialog.getByText('Connection tested successfully').waitFor();
		await editor.settle();
		await editor.screenshot('09-good-key');
		await page.keyboard.press('Escape');
		await dialog.waitFor({ state: 'hidden' });
		await editor.settle();
	});
}

async function fill(dialog: Locator, name: string, text: string): Promise<void> {
	const field = dialog.getByTestId(`parameter-input-${name}`).locator('input').first();
	await field.fill(text);
	await field.blur();
}

/** The dialog first says only that it could not connect; why is one click away. */
async function expectRefusal(dialog: Locator, reason: RegExp): Promise<void> {
	const more = dialog.getByText('More details');
	const reasonText = dialog.getByText(reason).first();
	await more.or(reasonText).first().waitFor();
	if (await more.isVisible()) await more.click();
	await reasonText.waitFor();
}
