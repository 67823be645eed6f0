import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { serveOnLoopback } from './loopbackServer';

const chatRequest = z.object({
	messages: z.array(
		z.object({ role: z.string(), content: z.unknown(), tool_call_id: z.string().optional() }),
	),
	tools: z.array(
		z.object({
			function: z.object({ name: z.string(), description: z.string(), parameters: z.unknown() }),
		}),
	),
});

export type ChatRequest = z.infer<typeof chatRequest>;

/** What the model says to one request: text, or a call of a tool. */
export type ModelAnswer =
	{ text: string } | { callTool: string; with: Readonly<Record<string, unknown>> };

/**
 * Stands in for OpenAI's chat completions: answers what the script says to a request, and keeps the
 * requests. `url` goes into the base URL of the credential.
 */
export async function startScriptedModel(
	script: (request: ChatRequest) => ModelAnswer,
): Promise<{ url: string; requests: ChatRequest[] }> {
	const requests: ChatRequest[] = [];
	const origin = await serveOnLoopback((incoming, response) => {
		json(incoming)
			.then((body) => {
				const request = chatRequest.parse(body);
				requests.push(request);
				response
					.writeHead(200, { 'content-type': 'application/json' })
					.end(JSON.stringify(completionOf(script(request), requests.length)));
			})
			.catch((error: unknown) => {
				const message = `${incoming.method ?? ''} ${incoming.url ?? ''}: ${String(error)}`;
				response
					.writeHead(400, { 'content-type': 'application/json' })
					.end(JSON.stringify({ error: { message } }));
			});
	});
	return { url: `${origin}/v1`, requests };
}

function completionOf(answer: ModelAnswer, number: number) {
	const isText = 'text' in answer;
	const message = isText
		? { role: 'assistant', content: answer.text }
		: {
				role: 'assistant',
				content: null,
				tool_calls: [
					{
						id: `call_${number}`,
						type: 'function',
						function: { name: answer.callTool, arguments: JSON.stringify(answer.with) },
					},
				],
			};
	return {
		id: `chatcmpl-${number}`,
		object: 'chat.completion',
		created: Math.floor(Date.now() / 1000),
		model: 'scripted',
		choices: [{ index: 0, message, finish_reason: isText ? 'stop' : 'tool_calls' }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
