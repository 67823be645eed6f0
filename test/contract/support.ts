import { parseJson } from '../../nodes/NanoBanana/core/tolerant';
import type { Outcome } from '../../nodes/NanoBanana/core/failure';
import type {
	Exchange,
	ImageRequest,
	ImageVendor,
	ReferenceFile,
	SubmitInput,
	VendorRequest,
	VendorResponse,
} from '../../nodes/NanoBanana/core/vendor';
import type * as Registry from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import type { Body, TestedVendor } from '../vendors/types';

/** n8n 1.121 brings zod 3.25, later ones may bring zod 4: the readers have to work with both. */
export const zodVersions = ['zod', 'zod4'] as const;
export type ZodVersion = (typeof zodVersions)[number];

/** The registry as it is where n8n brings this zod. */
export function vendorsUnder(zod: ZodVersion): readonly ImageVendor[] {
	let vendors: readonly ImageVendor[] = [];
	let loads = 0;
	jest.isolateModules(() => {
		jest.doMock('zod', () => {
			loads++;
			return jest.requireActual<object>(zod);
		});
		vendors = jest.requireActual<typeof Registry>('../../nodes/NanoBanana/vendors').vendors;
		jest.dontMock('zod');
	});
	if (loads !== 1) throw new Error(`${zod} was loaded ${loads} times instead of once`);
	return vendors;
}

/** An answer as the platform hands it on: a text body is raw, everything else goes as JSON. */
export function answer(
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): VendorResponse {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { status, headers, json: parseJson(text), text };
}

export function submitInput(
	overrides: Partial<ImageRequest> = {},
	idempotencyKey = 'key-1',
): SubmitInput {
	return {
		idempotencyKey,
		request: {
			operation: 'generate',
			vendorModel: 'some-model',
			prompt: 'a cat',
			aspectRatio: '1:1',
			resolution: '1K',
			outputFormat: undefined,
			imagesInTask: 1,
			referenceUrls: [],
			referenceFiles: [],
			...overrides,
		},
	};
}

export const referenceFile: ReferenceFile = {
	label: "the field 'data'",
	fileName: 'reference.png',
	mediaType: 'image/png',
	size: 3,
	open: () => Promise.resolve(Uint8Array.of(1, 2, 3)),
};

/** A copy of a JSON value with one place of it changed; `undefined` takes the member out. */
export function changed(value: unknown, path: readonly string[], replacement: unknown): unknown {
	const [name, ...rest] = path;
	if (name === undefined) return replacement;
	if (Array.isArray(value)) {
		const entries: readonly unknown[] = value;
		return entries.map((entry, index) =>
			String(index) === name ? changed(entry, rest, replacement) : entry,
		);
	}
	const object = (value ?? {}) as Readonly<Record<string, unknown>>;
	const member = changed(object[name], rest, replacement);
	const others = Object.entries(object).filter(([key]) => key !== name);
	return Object.fromEntries(member === undefined ? others : [...others, [name, member]]);
}

/** The paths of all members of all objects in a JSON value. */
export function memberPaths(value: unknown, path: readonly string[] = []): string[][] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, member]) => {
		const here = [...path, name];
		return Array.isArray(value) ? memberPaths(member, here) : [here, ...memberPaths(member, here)];
	});
}

/** What an exchange makes of an answer that settles it. */
export function readAt<Output>(
	exchange: Exchange<Output> | undefined,
	response: VendorResponse,
): Outcome<Output> {
	const read = exchange?.read(response);
	if (read === undefined) throw new Error('The vendor does not have it');
	if (!('ok' in read)) throw new Error('The answer leads to a further request');
	return read;
}

/** The verbs of a vendor, each with a typical input and the typical answers to all its requests. */
const dialogues = {
	submit: (vendor: ImageVendor, { harness }: TestedVendor) =>
		[vendor.submit(submitInput()), harness.submitted(typicalTaskId)] as const,
	getTask: (vendor: ImageVendor, { facts, harness }: TestedVendor) =>
		[
			vendor.getTask(typicalTaskId),
			harness.poll(wordFor(facts.states, 'succeeded'), [typicalImageUrl]),
		] as const,
	cancelTask: (vendor: ImageVendor, { harness }: TestedVendor) =>
		[vendor.cancelTask?.(typicalTaskId), harness.canceled?.() ?? []] as const,
	uploadReference: (vendor: ImageVendor, { harness }: TestedVendor) =>
		[vendor.uploadReference?.(referenceFile), harness.uploaded?.(typicalImageUrl) ?? []] as const,
	getBalance: (vendor: ImageVendor, { harness }: TestedVendor) =>
		[vendor.getBalance?.(), harness.balance?.(12.5) ?? []] as const,
};

export const typicalTaskId = 'task-1';
export const typicalImageUrl = 'https://files.example/1.png';

export type VerbName = keyof typeof dialogues;
export const verbNames = Object.keys(dialogues) as readonly VerbName[];

/** One request of a verb, reached by the typical answers to those before it. */
export interface NamedReader {
	readonly verb: VerbName;
	readonly request: VendorRequest;
	/** The typical answer. */
	readonly typical: Body;
	/** What is made of an answer; where it leads to a further request, that one's address. */
	read(response: VendorResponse): Outcome<unknown>;
}

/** All requests of all verbs that the vendor has. */
export function readersOf(vendor: ImageVendor): readonly NamedReader[] {
	const tested = testedVendor(vendor.id);
	return verbNames.flatMap((verb) => {
		const [exchange, typical] = dialogues[verb](vendor, tested);
		return exchange === undefined ? [] : stepsOf(verb, exchange, typical);
	});
}

function stepsOf(
	verb: VerbName,
	exchange: Exchange<unknown>,
	[typical, ...others]: readonly Body[],
): readonly NamedReader[] {
	const read = exchange.read(answer(200, typical));
	if ('ok' in read && (!read.ok || others.length > 0)) {
		throw new Error(`The typical answers to ${verb} do not fit: ${JSON.stringify(read)}`);
	}
	const step: NamedReader = {
		verb,
		request: exchange.request,
		typical,
		read: (response) => {
			const outcome = exchange.read(response);
			return 'ok' in outcome ? outcome : { ok: true, value: { next: addressOf(outcome.request) } };
		},
	};
	return [step, ...('ok' in read ? [] : stepsOf(verb, read, others))];
}

function addressOf(request: VendorRequest): string {
	return `${request.method} ${'path' in request ? request.path : request.url}`;
}

/** What an exchange makes of these answers, one after the other, none left over. */
export function readAll<Output>(
	exchange: Exchange<Output>,
	[response, ...others]: readonly VendorResponse[],
): Outcome<Output> {
	if (response === undefined) throw new Error('The answers do not settle it');
	const read = exchange.read(response);
	if (!('ok' in read)) return readAll(read, others);
	if (others.length > 0) throw new Error('It was settled before the last answer');
	return read;
}

/** The vendor's word for a state of ours. */
export function wordFor(states: Readonly<Record<string, string>>, state: string): string {
	return Object.keys(states).find((word) => states[word] === state) ?? '';
}
