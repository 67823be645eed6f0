import { endAll, isStopping } from './endings';
import { outputFolder } from './paths';
import { newest } from './releases';
import { formatResults, runDemo } from './runDemo';
import { openSandbox, owner, setTheStage } from './stage';

const once = process.argv.includes('--once');

async function start(): Promise<boolean> {
	const sandbox = await openSandbox();
	const stage = await setTheStage(newest, sandbox);
	console.log('Running the demo workflow: one image from each of the five vendors …\n');
	const results = await runDemo(stage.client, stage.workflow, stage.nodes, outputFolder);
	console.log(formatResults(results));
	const images = results.filter((result) => result.problem === undefined).length;
	const complete = images === results.length;
	console.log(
		complete
			? `\nAll ${images} images are in ${outputFolder}.`
			: `\nOnly ${images} of ${results.length} images were made. The log of n8n is ${stage.server.logFile}.`,
	);
	if (once) return complete;
	console.log(`
The editor is open: ${stage.server.url}/workflow/${stage.workflow.id}
  sign-in   ${owner.email}
  password  ${owner.password}
  sandbox   ${sandbox.url} (plays all five vendors; its key is "${sandbox.settings.apiKey}")

Ctrl-C ends all of it.`);
	await new Promise<void>(() => undefined);
	return complete;
}

async function main(): Promise<void> {
	let complete = false;
	try {
		complete = await start();
	} catch (error) {
		if (!isStopping()) {
			console.error(`\n${error instanceof Error ? error.message : String(error)}`);
		}
	}
	await endAll();
	if (!isStopping()) process.exit(complete ? 0 : 1);
}

void main();
