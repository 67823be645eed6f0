import fc from 'fast-check';

import { textOf } from '../../nodes/NanoBanana/core/tolerant';
import { joinUrl } from '../../nodes/NanoBanana/core/urls';
import type { ImageVendor, VendorRequest } from '../../nodes/NanoBanana/core/vendor';
import {
	aspectRatios,
	modelIds,
	outputFormats,
	resolutions,
} from '../../nodes/NanoBanana/core/words';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { harnessOf } from './harness';
import { formFields, jsonBody } from './harness/wire';
import { memberPaths, referenceFile, submitInput } from './support';

const everyVendor = vendors.map((vendor) => [vendor.id, vendor] as const);
const references = ['https://example.com/a.png', 'https://example.com/b.png?x=1&y=ä'];

/** Half surrogates included: an expression may bring any text. */
const anyText = fc
	.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(46, 47, 63, 35, 37, 92)), {
		maxLength: 40,
	})
	.map((codes) => String.fromCharCode(...codes));

const anyRequest = fc.record({
	operation: fc.constantFrom('generate' as const, 'edit' as const),
	vendorModel: anyText,
	prompt: anyText,
	aspectRatio: fc.constantFrom(...aspectRatios),
	resolution: fc.constantFrom(undefined, ...resolutions),
	outputFormat: fc.constantFrom(undefined, ...outputFormats),
	imagesInTask: fc.integer({ min: 1, max: 6 }),
	referenceUrls: fc.array(fc.webUrl(), { maxLength: 3 }),
	referenceFiles: fc.array(fc.constant(referenceFile), { maxLength: 3 }),
});

/** All requests of a vendor that name a task. */
function taskRequests(vendor: ImageVendor, taskId: string): readonly VendorRequest[] {
	const { cancelTask } = vendor;
	return [
		vendor.getTask(taskId).request,
		...(cancelTask === undefined ? [] : [cancelTask(taskId).request]),
	];
}

function allRequests(vendor: ImageVendor): readonly VendorRequest[] {
	return [
		vendor.submit(submitInput()).request,
		vendor.submit(submitInput({ operation: 'edit', referenceUrls: references })).request,
		...taskRequests(vendor, 'task-1'),
		...(vendor.uploadReference === undefined
			? []
			: [vendor.uploadReference(referenceFile).request]),
		...(vendor.getBalance === undefined ? [] : [vendor.getBalance().request]),
	];
}

describe.each(everyVendor)('what %s is asked', (_id, vendor) => {
	const harness = harnessOf(vendor.id);

	it('goes to a path of its own, which a base URL of any form stands before', () => {
		for (const request of allRequests(vendor)) {
			expect(request.path).toMatch(/^\/[a-z]/);
			for (const base of ['https://relay.example/a', 'https://relay.example/a/']) {
				const url = new URL(joinUrl(base, request.path, request.query));
				expect(url.origin).toBe('https://relay.example');
				expect(url.pathname).toBe(`/a${request.path}`);
			}
		}
	});

	it('carries no key and no header but the documented ones', () => {
		for (const request of allRequests(vendor)) {
			const names = Object.keys(request.headers ?? {});
			expect(names.every((name) => harness.submitHeaders.includes(name))).toBe(true);
			expect(JSON.stringify(request)).not.toMatch(/authorization|bearer|api[-_]?key/i);
		}
	});

	it('holds only documented fields, and never an undefined one', () => {
		fc.assert(
			fc.property(anyRequest, (overrides) => {
				const request = vendor.submit(submitInput(overrides)).request;
				if (request.body?.kind !== 'json') {
					const fields = Object.keys(formFields(request));
					expect(fields.filter((name) => !harness.submitFields.includes(name))).toEqual([]);
					return;
				}
				const names = memberPaths(request.body.value)
					.map((path) => path.join('.'))
					.filter((name) => !harness.submitFields.some((field) => field.startsWith(`${name}.`)));
				expect(names.filter((name) => !harness.submitFields.includes(name))).toEqual([]);
				expect(request.body.value).toStrictEqual(jsonBody(request));
			}),
		);
	});

	it('brings the prompt as it is', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', minLength: 1 }), (prompt) => {
				const wire = harness.readWire(vendor.submit(submitInput({ prompt })).request);
				expect(wire.prompt).toBe(prompt);
			}),
		);
	});

	it.each(modelIds.filter((id) => vendor.models[id] !== undefined))('names the model %s', (id) => {
		const vendorModel = vendor.models[id]?.vendorModel ?? '';
		expect(vendorModel).not.toBe('');
		const wire = harness.readWire(vendor.submit(submitInput({ vendorModel })).request);
		expect(wire.model).toBe(vendorModel);
	});

	it('names a model that the user typed', () => {
		const input = submitInput({ vendorModel: 'their/own-model' });
		expect(harness.readWire(vendor.submit(input).request).model).toBe('their/own-model');
	});

	it.each(aspectRatios)('says the ratio %s in the vendor’s field', (aspectRatio) => {
		const wire = harness.readWire(vendor.submit(submitInput({ aspectRatio })).request);
		expect(wire.aspectRatio).toBe(aspectRatio === 'auto' ? harness.autoRatio : aspectRatio);
	});

	it.each([undefined, ...resolutions])('says the size %s in the vendor’s field', (resolution) => {
		const wire = harness.readWire(vendor.submit(submitInput({ resolution })).request);
		expect(wire.resolution).toBe(resolution);
	});

	it.each([undefined, ...outputFormats])('says the format %s where it has one', (outputFormat) => {
		const wire = harness.readWire(vendor.submit(submitInput({ outputFormat })).request);
		const hasFormat = vendor.models.nanoBananaPro?.outputFormats.length !== 0;
		expect(wire.outputFormat).toBe(hasFormat ? outputFormat : undefined);
	});

	it('asks for several images only where the vendor counts itself', () => {
		for (let imagesInTask = 1; imagesInTask <= 6; imagesInTask++) {
			const wire = harness.readWire(vendor.submit(submitInput({ imagesInTask })).request);
			expect(wire.numberOfImages).toBe(vendor.maxImagesInTask > 1 ? imagesInTask : undefined);
		}
	});

	it('tells a generation from an edit', () => {
		const generate = harness.readWire(vendor.submit(submitInput()).request);
		expect(generate.mode).toBe(harness.modes.generate);
		expect(generate.referenceUrls ?? []).toEqual([]);
		const edit = harness.readWire(
			vendor.submit(submitInput({ operation: 'edit', referenceUrls: references })).request,
		);
		expect(edit.mode).toBe(harness.modes.edit);
		expect(edit.referenceUrls).toEqual(references);
	});

	it('sends one reference like several, and none with a generation', () => {
		const one = references.slice(0, 1);
		const edit = submitInput({ operation: 'edit', referenceUrls: one });
		expect(harness.readWire(vendor.submit(edit).request).referenceUrls).toEqual(one);
		const generate = submitInput({ referenceUrls: references, referenceFiles: [referenceFile] });
		expect(harness.readWire(vendor.submit(generate).request).referenceUrls ?? []).toEqual([]);
		expect(vendor.submit(generate).request.body?.kind).toBe('json');
	});

	it('is the same each time, but for what was asked', () => {
		fc.assert(
			fc.property(anyRequest, anyText, (overrides, key) => {
				const input = submitInput(overrides, key);
				const before = JSON.stringify(input);
				expect(vendor.submit(input).request).toEqual(vendor.submit(input).request);
				expect(JSON.stringify(input)).toBe(before);
			}),
		);
	});

	it('carries the idempotency key exactly where the vendor knows it', () => {
		const request = vendor.submit(submitInput({}, 'key-of-this-task')).request;
		const headers = Object.entries(request.headers ?? {});
		expect(headers).toEqual(
			vendor.submitIsIdempotent ? [['Idempotency-Key', 'key-of-this-task']] : [],
		);
		expect(JSON.stringify(request.body)).not.toContain('key-of-this-task');
	});

	it('never lets a task id leave its place in the address', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					anyText,
					fc.constantFrom(
						'.',
						'..',
						'../',
						'../../v1/keys',
						'a?b=c',
						'a#b',
						'a/b',
						'%2e%2e',
						'é 😀',
					),
				),
				(taskId) => {
					const asked = taskRequests(vendor, taskId);
					const plain = taskRequests(vendor, 'plain');
					asked.forEach((request, index) => {
						const usual = plain[index];
						const url = new URL(
							joinUrl('https://vendor.example/base', request.path, request.query),
						);
						const usualUrl = new URL(
							joinUrl('https://vendor.example/base', usual?.path ?? '', usual?.query),
						);
						const folder = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
						expect(folder(url.pathname)).toBe(folder(usualUrl.pathname));
						expect([...url.searchParams.keys()]).toEqual([...usualUrl.searchParams.keys()]);
						expect(url.hash).toBe('');
					});
				},
			),
		);
	});

	it('names the task by its id, whatever characters that has', () => {
		const usual = fc.string({ unit: 'binary', minLength: 1 }).filter((id) => !/^\.{1,2}$/.test(id));
		fc.assert(
			fc.property(usual, (taskId) => {
				for (const request of taskRequests(vendor, taskId)) {
					const url = new URL(joinUrl('https://vendor.example', request.path, request.query));
					const last = decodeURIComponent(url.pathname.slice(url.pathname.lastIndexOf('/') + 1));
					const inBody = request.body === undefined ? undefined : jsonBody(request).taskId;
					expect([last, url.searchParams.get('taskId'), inBody]).toContain(taskId);
				}
			}),
		);
	});
});

describe.each(everyVendor.filter(([, vendor]) => vendor.references.delivery === 'inline'))(
	'the form of %s',
	(_id, vendor) => {
		const files = [
			referenceFile,
			{ ...referenceFile, fileName: 'b.webp', mediaType: 'image/webp' },
		];
		const request = vendor.submit(
			submitInput({
				operation: 'edit',
				referenceFiles: files,
				referenceUrls: references,
				outputFormat: 'jpg',
			}),
		).request;

		it('carries the files and no URLs beside them', () => {
			const parts = request.body?.kind === 'multipart' ? request.body.parts : [];
			expect(parts.flatMap((part) => ('file' in part ? [part] : []))).toEqual(
				files.map((file) => ({ name: 'imageFile', file })),
			);
			expect(formFields(request)).toEqual({
				prompt: 'a cat',
				model: 'some-model',
				mode: 'image-to-image',
				aspectRatio: '1:1',
				imageSize: '1K',
				outputFormat: 'jpg',
				isPublic: 'false',
			});
		});

		it('is a form for one file too', () => {
			const input = submitInput({ operation: 'edit', referenceFiles: [referenceFile] });
			expect(vendor.submit(input).request.body?.kind).toBe('multipart');
		});

		it('never publishes an image', () => {
			fc.assert(
				fc.property(anyRequest, (overrides) => {
					const any = vendor.submit(submitInput(overrides)).request;
					const isPublic =
						any.body?.kind === 'json' ? jsonBody(any).isPublic : formFields(any).isPublic;
					expect(isPublic).toBe(any.body?.kind === 'json' ? false : 'false');
				}),
			);
		});
	},
);

describe('uploads', () => {
	const uploaders = vendors.flatMap(({ id, uploadReference }) =>
		uploadReference === undefined ? [] : [[id, uploadReference] as const],
	);

	it.each(uploaders)(
		'%s: carry all bytes, those of a view into a larger buffer too',
		(_id, verb) => {
			const larger = Uint8Array.from({ length: 64 }, (_, index) => index);
			const { body } = verb({ ...referenceFile, bytes: larger.subarray(7, 29) }).request;
			const sent =
				body?.kind === 'multipart'
					? body.parts.flatMap((part) => ('file' in part ? [...part.file.bytes] : []))
					: [...Buffer.from(textOf(body?.value.data) ?? '', 'base64')];
			expect(sent).toEqual([...larger.subarray(7, 29)]);
		},
	);

	it('to Apikley keep the name that they were given, since the vendor overwrites by name', () => {
		const verb = vendors.find(({ id }) => id === 'apikley')?.uploadReference;
		const body = verb?.({ ...referenceFile, fileName: 'reference-1.png' }).request.body;
		const parts = body?.kind === 'multipart' ? body.parts : [];
		const names = parts.flatMap((part) =>
			'file' in part ? [part.file.fileName] : part.name === 'fileName' ? [part.value] : [],
		);
		expect(names).toEqual(['reference-1.png', 'reference-1.png']);
	});
});
