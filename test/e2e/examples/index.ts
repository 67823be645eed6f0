import type { Stage } from '../../server/stage';
import type { SandboxOptions } from '../../sandbox';
import type { Checks } from '../checks';
import { checkAgent } from './agent';
import { photographExamples } from './canvasPictures';
import { openExampleStage, type ExampleStage } from './exampleStage';
import { checkFifty, fiftySettings } from './fifty';
import { checkForm } from './form';
import { checkLoop } from './loop';
import { checkParkedExample } from './parked';
import { checkSftpReport } from './sftpReport';
import { checkSheet } from './sheet';
import { checkTriggerExample } from './trigger';
import { checkVendorChain } from './vendorChain';

interface Example {
	file: string;
	what: string;
	settings: SandboxOptions;
	check: (example: ExampleStage) => Promise<void>;
}

const usual = { taskDurationMs: 1_500 } as const;

/** The one that takes longest comes first. */
const examples: readonly Example[] = [
	{
		file: 'fifty.json',
		what: 'good ones, failed ones with hints, and late ones in a later run',
		settings: fiftySettings,
		check: checkFifty,
	},
	{
		file: 'sheet.json',
		what: 'images in three formats are on disk, with a report of cost',
		settings: usual,
		check: checkSheet,
	},
	{
		file: 'sftp-report.json',
		what: 'images in three formats are on an SFTP server and in a report by e-mail',
		settings: usual,
		check: checkSftpReport,
	},
	{
		file: 'loop.json',
		what: 'a loop over items gets its images from a sub-workflow, and Merge passes them on',
		settings: usual,
		check: checkLoop,
	},
	{
		file: 'form.json',
		what: 'an uploaded photo comes edited into the chat',
		settings: usual,
		check: checkForm,
	},
	{
		file: 'parked.json',
		what: 'continues when the vendor calls back',
		settings: { taskDurationMs: Number.POSITIVE_INFINITY },
		check: checkParkedExample,
	},
	{
		file: 'trigger.json',
		what: 'a finished task starts the workflow that posts its image',
		settings: { taskDurationMs: 3_000 },
		check: checkTriggerExample,
	},
	{
		file: 'agent.json',
		what: 'an agent makes an image and gives its address, or says why it could not',
		settings: usual,
		check: checkAgent,
	},
	{
		file: 'vendor-chain.json',
		what: 'the third vendor makes what the first and the second refuse',
		settings: usual,
		check: checkVendorChain,
	},
];

/**
 * Imports every file of `examples/` as people do and runs it, all of them at the same time. The one that
 * waits for late images continues while the others are photographed.
 */
export async function checkExamples(checks: Checks, stage: Stage): Promise<void> {
	const imported = new Map<string, string>();
	const running = examples.map(async (example) => {
		await checkExample(checks, stage, example, imported);
	});
	await Promise.all(running.slice(1));
	await checks.run('examples: each can be seen on the canvas', async () => {
		await photographExamples(stage, imported);
	});
	await running[0];
}

/** What an agent gets differs between versions of n8n, so its example runs on the oldest one too. */
export async function checkAgentExample(checks: Checks, stage: Stage): Promise<void> {
	for (const example of examples.filter(({ check }) => check === checkAgent)) {
		await checkExample(checks, stage, example, new Map());
	}
}

async function checkExample(
	checks: Checks,
	stage: Stage,
	{ file, what, settings, check }: Example,
	imported: Map<string, string>,
): Promise<void> {
	await checks.run(`n8n ${stage.server.version}, examples/${file}: ${what}`, async () => {
		const example = await openExampleStage(stage, settings, (name, id) => imported.set(name, id));
		try {
			await check(example);
		} finally {
			await example.sandbox.close();
		}
	});
}
