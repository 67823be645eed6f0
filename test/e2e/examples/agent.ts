import { request } from 'undici';
import { z } from 'zod';
import type { Workflow } from '../../server/n8nClient';
import { readPicture } from '../../server/picture';
import { expect } from '../checks';
import { expectSuccess, itemsFrom } from '../money/pictures';
import { expectPurchases, onlyTaskFor } from '../money/purchases';
import { addCredential, importExample, type ExampleStage } from './exampleStage';
import { startScriptedModel, type ChatRequest, type ModelAnswer } from './scriptedModel';

const biggestToolMessage = 1_500;
const goodPrompt = 'A red lamp on a walnut desk, morning light';
const badPrompt = 'A lamp that no vendor may draw';

const success = z.object({
	state: z.literal('succeeded'),
	vendor: z.string(),
	taskId: z.string(),
	url: z.string(),
	signedUrl: z.string().optional(),
	fileName: z.string(),
	width: z.number(),
	height: z.number(),
	cost: z.object({ amount: z.number(), unit: z.string() }).passthrough(),
});
const failure = z.object({
	error: z
		.object({ code: z.literal('contentRejected'), message: z.string(), hint: z.string() })
		.passthrough(),
});
const toolMessage = z.array(z.unknown()).length(1);

/**
 * The example's agent, n8n's own, with a model that does as it was told: it calls the tool once, and says
 * what came of it.
 */
export async function checkAgent(example: ExampleStage): Promise<void> {
	const { sandbox, server } = example;
	const model = await startScriptedModel(answer);
	const credential = { apiKey: 'model-key', url: model.url };
	await addCredential(example, { name: 'OpenAI account', type: 'openAiApi', data: credential });
	const workflow = await importExample(example, 'agent.json');

	const said = await askAgent(example, workflow, goodPrompt);
	const [first, second] = model.requests;
	const tool = first?.tools[0]?.function;
	expect(tool?.name === 'Make_an_image', `the model was offered the tool ${tool?.name}`);
	expect(tool.description.includes('signedUrl'), `it reads only: ${tool.description}`);
	const content = toolContentOf(second);
	expect(content.length < biggestToolMessage, `the tool's answer has ${content.length} characters`);
	for (const noise of ['null', goodPrompt, 'raw', 'chatInput']) {
		expect(!content.includes(noise), `the tool's answer has "${noise}": ${content}`);
	}
	const image = success.parse(toolMessage.parse(JSON.parse(content))[0]);
	expect(image.taskId === onlyTaskFor(sandbox, goodPrompt).id, 'it is of another task');
	// n8n 1 keeps files in memory, where they have no address.
	const isInMemory = server.version.startsWith('1.');
	expect((image.signedUrl === undefined) === isInMemory, `its signed URL is ${image.signedUrl}`);
	const address = addressOf(image);
	expect(said.includes(address), `the agent said: ${said}`);
	// Whoever has this address needs no sign-in: no cookie goes along.
	const { statusCode, body } = await request(address);
	const bytes = Buffer.from(await body.arrayBuffer());
	expect(statusCode === 200, `its address was answered ${statusCode}`);
	const picture = await readPicture(bytes);
	expect(picture.width === image.width && picture.height === image.height, 'another size');
	expect(picture.width > picture.height, 'the ratio that the model chose was not used');

	sandbox.faults.add({ fault: 'contentRejected', match: { prompt: badPrompt } });
	const sorry = await askAgent(example, workflow, badPrompt);
	const { error } = failure.parse(
		toolMessage.parse(JSON.parse(toolContentOf(model.requests[3])))[0],
	);
	expect(error.hint.length > 0, 'there is no hint');
	expect(sorry.includes(error.hint), `the agent said: ${sorry}`);
	expect(model.requests.length === 4, `the model was asked ${model.requests.length} times`);
	expectPurchases(sandbox, [goodPrompt], [1]);
	expect(sandbox.ledger.charges.length === 1, `${sandbox.ledger.charges.length} charges`);
	expect(sandbox.ledger.leakedKeys.length === 0, 'a key went to the wrong place');
}

/** Calls the tool with what the user wrote; when the tool has answered, tells that. */
function answer({ messages, tools }: ChatRequest): ModelAnswer {
	const last = messages.at(-1);
	if (last?.role !== 'tool') {
		const prompt = String(messages.findLast(({ role }) => role === 'user')?.content);
		return {
			callTool: tools[0]?.function.name ?? '',
			with: { prompt, aspectRatio: '16:9' },
		};
	}
	const [found] = toolMessage.parse(JSON.parse(String(last.content)));
	const good = success.safeParse(found);
	if (good.success) return { text: `Here it is: ${addressOf(good.data)}` };
	return { text: `Sorry. ${failure.parse(found).error.hint}` };
}

/** What the tool's description tells a model to hand on. */
function addressOf({ url, signedUrl }: { url: string; signedUrl?: string | undefined }): string {
	return signedUrl ?? url;
}

async function askAgent(
	{ client }: ExampleStage,
	workflow: Workflow,
	chatInput: string,
): Promise<string> {
	const json = { sessionId: crypto.randomUUID(), action: 'sendMessage', chatInput };
	const id = await client.runWorkflow(workflow, 'Chat', json);
	const execution = await client.waitForExecution(id);
	expectSuccess(execution);
	return z.object({ output: z.string() }).parse(itemsFrom(execution, 'Agent')[0]?.json).output;
}

function toolContentOf(asked: ChatRequest | undefined): string {
	return String(asked?.messages.findLast(({ role }) => role === 'tool')?.content);
}
