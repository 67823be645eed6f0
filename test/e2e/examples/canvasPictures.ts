import type { Page, PageScreenshotOptions } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputFolder } from '../../server/paths';
import { owner, type Stage } from '../../server/stage';
import { openBrowser } from '../chromium';
import { Editor } from '../editor';

const pictureFolder = join(outputFolder, 'screenshots', 'examples');
/** The editor moves its canvas itself, not by a style. */
const settleMs = 600;
const viewport = { width: 1500, height: 950 };
const margin = 24;
/** What lies over the canvas, and what appears on it under the pointer. */
const onlyTheCanvas = `
	.photographed body { visibility: hidden !important; }
	.photographed .vue-flow { visibility: visible; }
	.photographed .vue-flow__panel, .photographed .vue-flow__panel *,
	.photographed .vue-flow [data-test-id^="execute-workflow-button"],
	.photographed .vue-flow [data-test-id="canvas-handle-plus"] { visibility: hidden !important; }
`;

/** Photographs each imported example on the canvas of the real editor, as the page of the examples shows it. */
export async function photographExamples(
	stage: Stage,
	/** From file to the workflow's id. */
	imported: ReadonlyMap<string, string>,
): Promise<void> {
	mkdirSync(pictureFolder, { recursive: true });
	const context = await openBrowser();
	try {
		const page = await context.newPage();
		await page.setViewportSize(viewport);
		const editor = new Editor(page, stage.server.url);
		await editor.signIn(owner);
		await page.addStyleTag({ content: onlyTheCanvas });
		const bare = (isBare: boolean) =>
			page.evaluate((on) => document.documentElement.classList.toggle('photographed', on), isBare);
		for (const [file, workflowId] of imported) {
			await editor.switchToWorkflow(workflowId);
			await page.getByTestId('zoom-to-fit').click();
			await bare(true);
			await page.waitForTimeout(settleMs);
			await page.screenshot({
				path: join(pictureFolder, file.replace(/\.json$/, '.png')),
				clip: await placeOfNodes(page),
			});
			await bare(false);
		}
	} finally {
		await context.close();
	}
}

/** The part of the page that the nodes and notes take. */
async function placeOfNodes(page: Page): Promise<NonNullable<PageScreenshotOptions['clip']>> {
	const boxes = await Promise.all(
		(await page.locator('.vue-flow__node').all()).map((node) => node.boundingBox()),
	);
	const found = boxes.filter((box) => box !== null);
	// A trigger has its sign to the left.
	const left = Math.min(...found.map(({ x }) => x)) - 2 * margin;
	const top = Math.min(...found.map(({ y }) => y)) - margin;
	// Names stand below their nodes.
	const right = Math.max(...found.map(({ x, width }) => x + width)) + 2 * margin;
	const bottom = Math.max(...found.map(({ y, height }) => y + height)) + 3 * margin;
	return { x: left, y: top, width: right - left, height: bottom - top };
}
