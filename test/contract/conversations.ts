import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { codeOf, type Failure, type Outcome } from '../../nodes/NanoBanana/core/failure';
import type {
	Exchange,
	ImageVendor,
	ReferenceFile,
	SubmitInput,
} from '../../nodes/NanoBanana/core/vendor';
import { fixtureFolder } from '../vendors/places';
import { answer, submitInput, type VerbName } from './support';

/** An answer as it is written down: a text body is raw, everything else is JSON. */
export interface WrittenAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: unknown;
}

/** What is said to a vendor and what it answers, until there is an outcome. */
export interface Conversation {
	/** Where it is from: a fact of the vendor's page in `docs/vendors`, or a live check and its day. */
	readonly source: string;
	readonly verb: VerbName;
	readonly input?: unknown;
	/** In turn. A question alone is what has to go out, an answer alone is what may come in. */
	readonly conversation: ReadonlyArray<{
		readonly question?: unknown;
		readonly answer?: WrittenAnswer;
	}>;
	/** What has to come of it, where the last question is answered. */
	readonly outcome?:
		| { readonly ok: true; readonly value: unknown }
		| {
				readonly ok: false;
				readonly failure: Readonly<Record<string, unknown>>;
				/** Words of the vendor that the message shows. */
				readonly says?: string;
				readonly taskMayExist?: boolean;
		  };
}

/** The conversations of a vendor by their names. */
export function conversationsOf(
	vendorId: string,
	folder = fixtureFolder(vendorId),
): ReadonlyArray<readonly [string, Conversation]> {
	return readdirSync(folder)
		.sort()
		.map((file) => [
			basename(file, '.json'),
			JSON.parse(readFileSync(join(folder, file), 'utf8')) as Conversation,
		]);
}

/** All questions of a conversation, and all answers. */
export function questionsOf({ conversation }: Conversation): readonly unknown[] {
	return conversation.flatMap(({ question }) => (question === undefined ? [] : [question]));
}

export function answersOf({ conversation }: Conversation): readonly WrittenAnswer[] {
	return conversation.flatMap((step) => (step.answer === undefined ? [] : [step.answer]));
}

/** Has the conversation with the vendor's folder: each question is the written one, so is the outcome. */
export function expectConversation(vendor: ImageVendor, written: Conversation): void {
	let exchange: Exchange<unknown> | undefined = exchangeOf(vendor, written);
	let outcome: Outcome<unknown> | undefined;
	for (const { question, answer: answered } of written.conversation) {
		if (exchange === undefined) throw new Error('It was settled before the last question');
		if (question !== undefined) expect(readable(exchange.request)).toStrictEqual(question);
		if (answered === undefined) break;
		const { status, body, headers } = answered;
		const read: Outcome<unknown> | Exchange<unknown> = exchange.read(answer(status, body, headers));
		[outcome, exchange] = 'ok' in read ? [read, undefined] : [undefined, read];
	}
	expect(outcome === undefined).toBe(written.outcome === undefined);
	if (outcome !== undefined) expectOutcome(vendor, outcome, written);
}

function expectOutcome(
	vendor: ImageVendor,
	outcome: Outcome<unknown>,
	{ outcome: expected }: Conversation,
): void {
	if (expected?.ok === true) {
		expect(outcome.ok && { ok: true, value: withCode(outcome.value) }).toStrictEqual(expected);
		return;
	}
	if (outcome.ok) throw new Error(`It was read as ${JSON.stringify(outcome.value)}`);
	expect({ ...outcome.failure, code: codeOf(outcome.failure) }).toMatchObject(
		expected?.failure ?? {},
	);
	expect(outcome.failure.message).toContain(expected?.says ?? vendor.displayName);
	if (expected?.taskMayExist !== undefined) {
		expect(outcome.failure.task === 'maybe').toBe(expected.taskMayExist);
	}
}

/** Conversations name a failure by the code that users see. */
export function withCode(value: unknown): unknown {
	const { failure } = (value ?? {}) as { readonly failure?: Failure };
	if (failure === undefined) return value;
	const { reason: _reason, ...others } = failure;
	return { ...(value as object), failure: { ...others, code: codeOf(failure) } };
}

/** The exchange of a verb by its name. */
export function exchangeOf(
	vendor: ImageVendor,
	{ verb, input }: Pick<Conversation, 'verb' | 'input'>,
): Exchange<unknown> {
	const exchange = {
		submit: () => vendor.submit(submitOf(input)),
		getTask: () => vendor.getTask(taskOf(input)),
		cancelTask: () => vendor.cancelTask?.(taskOf(input)),
		uploadReference: () => vendor.uploadReference?.(fileOf(input)),
		getBalance: () => vendor.getBalance?.(),
	}[verb]();
	if (exchange === undefined) throw new Error(`${vendor.id} has no ${verb}`);
	return exchange;
}

function taskOf(input: unknown): string {
	return (input as { readonly taskId?: string } | undefined)?.taskId ?? 'task-1';
}

function submitOf(input: unknown): SubmitInput {
	const { request, idempotencyKey, callbackUrl } = (input ?? {}) as {
		readonly request?: Readonly<Record<string, unknown>>;
		readonly idempotencyKey?: string;
		readonly callbackUrl?: string;
	};
	const files = (request?.referenceFiles ?? []) as readonly unknown[];
	return {
		...submitInput(
			{ resolution: undefined, ...request, referenceFiles: files.map(fileOf) },
			idempotencyKey,
		),
		callbackUrl,
	};
}

/** JSON has no bytes: in conversations they stand as base64. */
function fileOf(value: unknown): ReferenceFile {
	const file = (value ?? {}) as Partial<Record<'fileName' | 'mediaType' | 'bytes', string>>;
	const bytes = Buffer.from(file.bytes ?? 'AQID', 'base64');
	const { fileName = 'reference.png', mediaType = 'image/png' } = file;
	const written = { fileName, mediaType, bytes: bytes.toString('base64') };
	return Object.assign(
		{
			label: "the field 'data'",
			fileName,
			mediaType,
			size: bytes.length,
			open: () => Promise.resolve(bytes),
		},
		{ toJSON: () => written },
	);
}

/** A request as it is written down: of a file its bytes. */
function readable(request: unknown): unknown {
	return JSON.parse(JSON.stringify(request));
}
