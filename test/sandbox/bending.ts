import { createCanvas } from '@napi-rs/canvas';
import type { ApiReply, Call } from './exchange';
import type { StoredTask } from './tasks';
import { isTerminal, type TaskPhase } from './types';
import type { World } from './world';

/** A task's state as the client is shown it. */
export interface SeenState {
	phase: TaskPhase;
	word: string;
}

/** Says a task's state in the vendor's words, or in what a fault makes of them. */
export function seenState(
	call: Call,
	task: StoredTask,
	words: Record<TaskPhase, string>,
): SeenState {
	const unknown = call.bentBy('unknownState');
	if (unknown) {
		return { phase: 'running', word: unknown.specification.state ?? 'recalibrating' };
	}
	const { state } = task.record;
	const isHidden = isTerminal(state) && (call.bentBy('stateGoesBack') ?? isBehind(call, task));
	const phase = isHidden ? 'running' : state;
	const word = words[phase];
	if (isTerminal(phase)) {
		const named = call.bentBy('unknownStateWithImages');
		if (named) return { phase, word: named.specification.state ?? 'delivered' };
		if (call.bentBy('stateInOtherCase')) return { phase, word: ` ${inOtherCase(word)} ` };
	}
	return { phase, word };
}

function inOtherCase(word: string): string {
	const upper = word.toUpperCase();
	return word === upper ? word.toLowerCase() : upper;
}

function isBehind(call: Call, task: StoredTask): boolean {
	const behind = call.bentBy('stateBehind');
	if (!behind) return false;
	task.endSeenAt ??= Date.now();
	return Date.now() - task.endSeenAt < (behind.specification.ms ?? 1_000);
}

/** The URLs of a task that has succeeded, or what a fault puts in their place. */
export function seenUrls(call: Call, world: World, task: StoredTask): string[] {
	if (call.bentBy('emptySuccess')) return [];
	if (seenWords(call) !== undefined) return [];
	const hostile = call.bentBy('hostileResultUrl');
	if (hostile) {
		return [hostile.specification.url ?? 'http://169.254.169.254/latest/meta-data/'];
	}
	const script = call.bentBy('scriptResultUrl');
	if (script) return [script.specification.url ?? 'javascript:alert(1)'];
	const urls = world.tasks.resultUrls(task);
	if (call.bentBy('manyResultUrls')) return Array<string>(20_000).fill(urls[0] ?? '');
	if (call.bentBy('urlWithoutScheme')) return urls.map((url) => url.replace(/^https?:/, ''));
	if (call.bentBy('urlWithoutHost')) return urls.map((url) => new URL(url).pathname);
	if (call.bentBy('resultAsDataUri')) {
		return urls.map(() => `data:image/png;base64,${smallPicture()}`);
	}
	if (call.bentBy('resultAsBase64')) return urls.map(() => smallPicture());
	return call.bentBy('moreImages') ? [...urls, ...urls.slice(0, 1)] : urls;
}

/** What the model says in the place of an image, where a fault has it so; the same for all of an answer. */
export function seenWords(call: Call): string | undefined {
	const known = words.get(call);
	if (known !== undefined) return known.text;
	const text = call.bentBy('wordsInstead')
		? 'Which banana do you mean?'
		: call.bentBy('moderatedInstead') && 'I cannot draw this: it violates the content policy.';
	words.set(call, { text: text || undefined });
	return text || undefined;
}

const words = new WeakMap<Call, { readonly text: string | undefined }>();

/** A picture that an answer can hold, in base64. */
function smallPicture(): string {
	const canvas = createCanvas(64, 64);
	canvas.getContext('2d').fillRect(8, 8, 48, 48);
	return canvas.toBuffer('image/png').toString('base64');
}

/** Leaves absent fields out, or fills them as a fault says. */
export function finishFields(call: Call, value: Record<string, unknown>): Record<string, unknown> {
	if (call.bentBy('nullFields')) return fill(value, null);
	if (call.bentBy('emptyStringFields')) return fill(value, '');
	const large = call.bentBy('largeAnswer');
	if (large) {
		const padding = 'x'.repeat((large.specification.megabytes ?? 1) * 1024 * 1024);
		return { ...value, padding };
	}
	return value;
}

/** The status of a successful create. */
export function createStatus(call: Call): number {
	if (call.bentBy('created201')) return 201;
	return call.bentBy('accepted202') ? 202 : 200;
}

/** A plain 200 with JSON. */
export function ok(json: unknown): ApiReply {
	return { status: 200, json };
}

/** Why a task failed, in words. */
export function failureText(task: StoredTask): string {
	return task.record.outcome === 'moderated'
		? 'The content was blocked by the safety filters'
		: 'The image could not be generated';
}

function fill(value: Record<string, unknown>, filling: null | ''): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(value).map(([name, each]) => [name, each === undefined ? filling : each]),
	);
}
