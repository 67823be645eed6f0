import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { outputFolder } from '../server/paths';
import type { Owner } from '../server/n8nClient';

const screenshotFolder = join(outputFolder, 'screenshots');
/** For what the editor begins a moment after a click. */
const settleMs = 150;

/** n8n's editor in a browser, by what a person does in it. */
export class Editor {
	private readonly screenshots: string;

	constructor(
		readonly page: Page,
		private readonly url: string,
		/** Where its screenshots go, within the folder of all. */
		subfolder = '.',
	) {
		this.screenshots = join(screenshotFolder, subfolder);
		mkdirSync(this.screenshots, { recursive: true });
	}

	async signIn(owner: Owner): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name="emailOrLdapLoginId"]').fill(owner.email);
		await this.page.locator('input[name="password"]').fill(owner.password);
		await this.page.getByTestId('form-submit-button').click();
		await this.page.waitForURL((url) => !url.pathname.includes('signin'));
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.page.getByTestId('node-creator-plus-button').waitFor();
		await this.page.getByTestId('canvas-node').first().waitFor();
		await this.settle();
	}

	/** Goes to another workflow by the list of all, as links do: without loading the page anew. */
	async switchToWorkflow(id: string): Promise<void> {
		const nodes = this.page.getByTestId('canvas-node');
		await this.follow('/home/workflows');
		await this.page.getByTestId('resources-list-item-workflow').first().waitFor();
		await this.follow(`/workflow/${id}`);
		await nodes.first().waitFor();
		await this.settle();
	}

	private async follow(path: string): Promise<void> {
		await this.page.evaluate((to) => {
			history.pushState(null, '', to);
			dispatchEvent(new PopStateEvent('popstate'));
		}, path);
	}

	/** Opens the nodes panel and types; answers with the names that it then lists. */
	async searchNodes(text: string): Promise<string[]> {
		await this.page.getByTestId('node-creator-plus-button').click();
		const names = this.page.getByTestId('node-creator-item-name');
		await names.first().waitFor();
		await this.settle();
		const before = await names.allInnerTexts();
		await this.page.getByTestId('node-creator-search-bar').fill(text);
		// The editor searches some time after the typing; until then its list stays.
		await this.page.waitForFunction(
			(texts) =>
				Array.from(
					document.querySelectorAll<HTMLElement>('[data-test-id="node-creator-item-name"]'),
					(name) => name.innerText,
				).join() !== texts,
			before.join(),
		);
		await this.settle();
		return await names.allInnerTexts();
	}

	/** Opens the details of a node that the panel lists; answers with the actions offered there. */
	async openNodeDetails(name: string): Promise<string[]> {
		const panel = this.page.getByTestId('node-creator');
		await panel.getByTestId('node-creator-item-name').getByText(name, { exact: true }).click();
		await panel.getByText(/^Actions \(/).waitFor();
		await this.settle();
		return panel.getByTestId('node-creator-item-name').allInnerTexts();
	}

	/** Adds the node by one of its actions; n8n then opens the node's own panel. */
	async addByAction(action: string): Promise<void> {
		await this.page
			.getByTestId('node-creator')
			.getByTestId('node-creator-item-name')
			.getByText(action, { exact: true })
			.first()
			.click();
		await this.page
			.getByTestId('ndv')
			.or(this.page.getByTestId('node-parameters'))
			.first()
			.waitFor();
		await this.settle();
	}

	/** A node on the canvas. */
	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** n8n connects the next node that is added to the selected one. */
	async selectNode(name: string): Promise<void> {
		await this.node(name).click({ position: await this.besideEdges(name) });
		await this.settle();
	}

	/** An edge to another node may run across the middle of this one, and takes the clicks there. */
	private async besideEdges(name: string): Promise<{ x: number; y: number }> {
		await this.node(name).waitFor();
		const box = await this.node(name).boundingBox();
		if (box === null) throw new Error(`${name} is not on the canvas`);
		return { x: box.width / 2, y: box.height / 5 };
	}

	/** Opens the panel of a node, unless it is open. */
	async openNode(name: string): Promise<void> {
		if (await this.page.getByTestId('node-parameters').isVisible()) return;
		await this.node(name).dblclick({ position: await this.besideEdges(name) });
		await this.page.getByTestId('node-parameters').waitFor();
		await this.settle();
	}

	/** Closes the panel of a node, unless none is open. */
	async closeNode(): Promise<void> {
		const panel = this.page.getByTestId('node-parameters');
		if (!(await panel.isVisible())) return;
		// A list that has the focus keeps the key for itself.
		await this.page.evaluate(() => {
			if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
		});
		await this.page.keyboard.press('Escape');
		await panel.waitFor({ state: 'hidden' });
	}

	parameter(name: string): Locator {
		return this.page.getByTestId(`parameter-input-${name}`);
	}

	/** The names of all parameters that the panel shows. */
	async shownParameters(): Promise<string[]> {
		const prefix = 'parameter-input-';
		const ids = await this.page
			.getByTestId('node-parameters')
			.locator(`[data-test-id^="${prefix}"]`)
			.evaluateAll((elements) =>
				elements
					// Those of the other tab are there too, but hidden.
					.filter((element) => element.getClientRects().length > 0)
					.map((element) => element.getAttribute('data-test-id')),
			);
		return [...new Set(ids)]
			.filter((id): id is string => id !== null && id !== `${prefix}field`)
			.map((id) => id.slice(prefix.length));
	}

	/** Opens a list parameter and answers with its choices; leaves it open. */
	async openChoices(name: string): Promise<string[]> {
		await this.parameter(name).click();
		const choices = this.choices();
		await choices.first().waitFor();
		await this.settle();
		const texts = await choices.allInnerTexts();
		return texts.map((text) => text.split('\n')[0]?.trim() ?? '').filter((text) => text !== '');
	}

	async choose(name: string, choice: string): Promise<void> {
		await this.openChoices(name);
		await this.choices().getByText(choice, { exact: true }).first().click();
		await this.choices().first().waitFor({ state: 'hidden' });
		await this.settle();
	}

	async closeChoices(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.choices().first().waitFor({ state: 'hidden' });
	}

	async type(name: string, text: string): Promise<void> {
		const handle = `[data-test-id="parameter-input-${name}"]`;
		// On long texts the handle is the field itself, elsewhere something around it.
		const field = this.page
			.locator(`textarea${handle}, input${handle}, ${handle} textarea, ${handle} input`)
			.first();
		await field.fill(text);
		await field.blur();
	}

	/** Runs the open node and waits until it is done. */
	async executeStep(): Promise<void> {
		await this.page.getByTestId('node-execute-button').click();
		await this.page.getByTestId('node-run-status-success').waitFor();
		await this.settle();
	}

	/** Shows the first image in the output of the open node, and waits until the browser has drawn it. */
	async viewImage(): Promise<void> {
		await this.page.getByTestId('radio-button-binary').click();
		await this.page.getByTestId('ndv-view-binary-data').first().click();
		await this.page.waitForFunction(() =>
			Array.from(
				document.querySelectorAll<HTMLImageElement>('[data-test-id="output-panel"] img'),
			).some((image) => image.naturalWidth > 500),
		);
		await this.settle();
	}

	async screenshot(name: string): Promise<void> {
		await this.page.screenshot({ path: join(this.screenshots, `${name}.png`) });
	}

	/** A picture of one part of the page. */
	async screenshotOf(part: Locator, name: string): Promise<void> {
		await part.screenshot({ path: join(this.screenshots, `${name}.png`) });
	}

	/** Waits until the page has done and drawn what it had to, which otherwise ends up half done in screenshots. */
	async settle(): Promise<void> {
		await this.page.waitForTimeout(settleMs);
		await this.page.evaluate(async () => {
			await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2_000 }));
			await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
		});
	}

	private choices(): Locator {
		return this.page.locator('.el-select-dropdown:visible .el-select-dropdown__item');
	}
}
