import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { vendorIds, type Sandbox } from '../sandbox';
import { endAll, isStopping } from '../server/endings';
import { outputFolder } from '../server/paths';
import { installN8n } from '../server/installN8n';
import { newest, oldest, type Release } from '../server/releases';
import { formatResults, runDemo } from '../server/runDemo';
import { openSandbox, setTheStage, type Stage } from '../server/stage';
import { Checks, expect } from './checks';
import { checkCredentials } from './credentialChecks';
import { checkEditor } from './editorChecks';
import { checkAgentExample, checkExamples } from './examples';
import { checkMoney } from './money';
import { scanForKeys } from './money/scan';
import { checkParked } from './parked';
import { checkSchemas } from './schemaChecks';
import { checkTour } from './tour';
import { checkTrigger } from './triggerChecks';

const checks = new Checks();
const vendorCount = vendorIds.length;

/**
 * Everything on the newest n8n, and on the oldest one what may differ there. Three n8n run side by side, since
 * each waits much of the time: each has a server, a sandbox and a folder of its own.
 */
async function runAll(): Promise<void> {
	if (process.argv.includes('--tour')) {
		for (const release of [newest, oldest]) {
			await onRelease(release, (stage, sandbox) => checkTour(checks, stage, sandbox));
		}
		return;
	}
	if (process.argv.includes('--examples')) {
		await onRelease(newest, (stage) => checkExamples(checks, stage));
		return;
	}
	// One after the other: an installation takes both cores.
	for (const release of [newest, oldest]) await installN8n(release);
	await Promise.all([
		onRelease(newest, async (stage, sandbox) => {
			await checkDemo(stage, outputFolder);
			await checkSchemas(checks, stage);
			await checkCredentials(checks, stage, sandbox);
			await checkEditor(checks, stage, sandbox);
			await checkTour(checks, stage, sandbox);
			await scanForKeys(checks, stage, 'editor and tour', [sandbox]);
		}),
		onNewestWithoutEditor(),
		onRelease(oldest, async (stage, sandbox) => {
			await checkDemo(stage, join(outputFolder, 'oldest'));
			await checkSchemas(checks, stage);
			await checkCredentials(checks, stage, sandbox);
			await checkParked(checks, stage);
			await checkTrigger(checks, stage, sandbox);
			await checkAgentExample(checks, stage);
			await checkTour(checks, stage, sandbox);
		}),
	]);
}

async function onNewestWithoutEditor(): Promise<void> {
	await onRelease(newest, async (stage, sandbox) => {
		await checkTrigger(checks, stage, sandbox);
		await checkMoney(checks, stage, sandbox);
		await checkParked(checks, stage);
	});
	if (isStopping()) return;
	await onRelease(newest, (stage) => checkExamples(checks, stage));
}

/** What goes wrong on one n8n does not keep the other one from being tried. */
async function onRelease(
	release: Release,
	work: (stage: Stage, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
	let stage: Stage | undefined;
	try {
		const sandbox = await openSandbox();
		stage = await setTheStage(release, sandbox);
		await work(stage, sandbox);
	} catch (error) {
		if (isStopping()) return;
		await checks.run(`the checks on the ${release.name} n8n came to their end`, () => {
			throw error;
		});
	} finally {
		await stage?.server.stop();
	}
}

async function checkDemo(stage: Stage, folder: string): Promise<void> {
	console.log('Running the demo workflow: one image from each of the five vendors …');
	const results = await runDemo(stage.client, stage.workflow, stage.nodes, folder);
	console.log(`${formatResults(results)}\n`);
	for (const result of results) {
		const name = `n8n ${stage.server.version}: the demo makes an image through ${result.node.name}`;
		await checks.run(name, () => {
			expect(result.problem === undefined, result.problem ?? '');
		});
	}
	await checks.run(`n8n ${stage.server.version}: the demo makes five images`, () => {
		const made = results.filter((result) => result.problem === undefined).length;
		expect(made === vendorCount, `${made} of ${vendorCount}`);
	});
}

rmSync(join(outputFolder, 'screenshots'), { recursive: true, force: true });
async function main(): Promise<void> {
	await runAll();
	await endAll();
	if (!isStopping()) process.exit(checks.finish() ? 0 : 1);
}

void main();
