import type { ImageRequest, ReferenceFile } from '../../nodes/NanoBanana/core/request';
import { parseJson } from '../../nodes/NanoBanana/core/tolerant';
import type { Outcome } from '../../nodes/NanoBanana/core/failure';
import type {
	Exchange,
	ImageVendor,
	SubmitInput,
	VendorResponse,
} from '../../nodes/NanoBanana/core/vendor';
import type * as Registry from '../../nodes/NanoBanana/vendors';

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

export interface NamedReader {
	readonly verb: 'submit' | 'getTask' | 'cancelTask' | 'uploadReference' | 'getBalance';
	read(response: VendorResponse): Outcome<unknown>;
}

/** The readers of all verbs that the vendor has, each with a typical input. */
export function readersOf(vendor: ImageVendor): readonly NamedReader[] {
	const { cancelTask, uploadReference, getBalance } = vendor;
	const task = { taskId: 'task-1' };
	const submit = submitInput();
	return [
		{ verb: 'submit', read: (response) => readAt(vendor.submit(submit), response) },
		{ verb: 'getTask', read: (response) => readAt(vendor.getTask(task.taskId), response) },
		...(cancelTask === undefined
			? []
			: [
					{
						verb: 'cancelTask' as const,
						read: (r: VendorResponse) => readAt(cancelTask(task.taskId), r),
					},
				]),
		...(uploadReference === undefined
			? []
			: [
					{
						verb: 'uploadReference' as const,
						read: (r: VendorResponse) => readAt(uploadReference(referenceFile), r),
					},
				]),
		...(getBalance === undefined
			? []
			: [
					{
						verb: 'getBalance' as const,
						read: (r: VendorResponse) => readAt(getBalance(), r),
					},
				]),
	];
}
