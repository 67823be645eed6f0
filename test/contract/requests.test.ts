import fc from 'fast-check';

import { joinUrl } from '../../nodes/NanoBanana/core/urls';
import type {
	ApiRequest,
	Exchange,
	ImageVendor,
	ReferenceFile,
	VendorRequest,
} from '../../nodes/NanoBanana/core/vendor';
import {
	aspectRatios,
	modelIds,
	outputFormats,
	resolutions,
} from '../../nodes/NanoBanana/core/words';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor } from '../vendors';
import type { Body } from '../vendors/types';
import { formFields, jsonBody } from './wire';
import { anyRequest, anyText } from './anyRequest';
import {
	answer,
	changed,
	memberPaths,
	readersOf,
	referenceFile,
	submitInput,
	wordFor,
} from './support';
import { wellFormedText } from '../wellFormedText';

const everyVendor = vendors.map((vendor) => [vendor.id, vendor] as const);
const references = ['https://example.com/a.png', 'https://example.com/b.png?x=1&y=ä'];

/** All requests of a vendor to its API that name a task. */
function taskRequests(vendor: ImageVendor, taskId: string): readonly ApiRequest[] {
	const { harness, facts } = testedVendor(vendor.id);
	const [first, ...others] = harness.poll(wordFor(facts.states, 'succeeded'), references);
	// An answer that names another task leads to nothing.
	const answers = [changed(first, harness.submittedId, taskId), ...others];
	const polled = requestsOf(vendor.getTask(taskId), answers);
	const canceled = vendor.cancelTask?.(taskId);
	return [...polled, ...(canceled === undefined ? [] : [canceled.request])].filter(isOfApi);
}

/** All requests of an exchange that gets these answers. */
function requestsOf<Output>(
	exchange: Exchange<Output>,
	[body, ...others]: readonly Body[],
): readonly VendorRequest[] {
	const read = exchange.read(answer(200, body));
	return [exchange.request, ...('ok' in read ? [] : requestsOf(read, others))];
}

function isOfApi(request: VendorRequest): request is ApiRequest {
	return 'path' in request;
}

function allRequests(vendor: ImageVendor): readonly VendorRequest[] {
	const edit = submitInput({ operation: 'edit', referenceUrls: references });
	return [vendor.submit(edit).request, ...readersOf(vendor).map(({ request }) => request)];
}

describe.each(everyVendor)('what %s is asked', (_id, vendor) => {
	const { facts, harness } = testedVendor(vendor.id);

	it('goes to a path of its own, which a base URL of any form stands before', () => {
		for (const request of allRequests(vendor).filter(isOfApi)) {
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
			expect(names.every((name) => facts.submitHeaders.includes(name))).toBe(true);
			expect(JSON.stringify(request)).not.toMatch(/authorization|bearer|api[-_]?key/i);
		}
	});

	it('holds only documented fields, and never an undefined one', () => {
		fc.assert(
			fc.property(anyRequest, (overrides) => {
				const request = vendor.submit(submitInput(overrides)).request;
				if (request.body?.kind !== 'json') {
					const fields = Object.keys(formFields(request));
					expect(fields.filter((name) => !facts.submitFields.includes(name))).toEqual([]);
					return;
				}
				const names = memberPaths(request.body.value)
					.map((path) => path.join('.'))
					.filter((name) => !facts.submitFields.some((field) => field.startsWith(`${name}.`)));
				expect(names.filter((name) => !facts.submitFields.includes(name))).toEqual([]);
				expect(request.body.value).toStrictEqual(jsonBody(request));
			}),
		);
	});

	it('brings the prompt as it is', () => {
		fc.assert(
			fc.property(wellFormedText({ minLength: 1 }), (prompt) => {
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
		expect(wire.aspectRatio).toBe(aspectRatio === 'auto' ? facts.autoRatio : aspectRatio);
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
		expect(generate.mode).toBe(facts.modes.generate);
		expect(generate.referenceUrls ?? []).toEqual([]);
		const edit = harness.readWire(
			vendor.submit(submitInput({ operation: 'edit', referenceUrls: references })).request,
		);
		expect(edit.mode).toBe(facts.modes.edit);
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
						// Wherever the id stands in the path, it is one part of it and changes no other.
						const others = usualUrl.pathname.split('/').map((part) => part !== 'plain');
						const apart = (path: string) => path.split('/').filter((_part, place) => others[place]);
						expect(url.pathname.split('/')).toHaveLength(others.length);
						expect(apart(url.pathname)).toEqual(apart(usualUrl.pathname));
						expect([...url.searchParams.keys()]).toEqual([...usualUrl.searchParams.keys()]);
						expect(url.hash).toBe('');
					});
				},
			),
		);
	});

	it('names the task by its id, whatever characters that has', () => {
		const usual = wellFormedText({ minLength: 1 }).filter((id) => !/^\.{1,2}$/.test(id));
		fc.assert(
			fc.property(usual, (taskId) => {
				for (const request of taskRequests(vendor, taskId)) {
					const url = new URL(joinUrl('https://vendor.example', request.path, request.query));
					const sent = {
						...request,
						path: url.pathname,
						query: Object.fromEntries(url.searchParams),
					};
					expect(harness.readTaskId(sent)).toBe(taskId);
				}
			}),
		);
	});
});

describe.each(everyVendor.filter(([, vendor]) => vendor.references.delivery === 'inline'))(
	'the form of %s',
	(id, vendor) => {
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

		it('carries the files, and URLs beside them only where the vendor reads them', () => {
			const { harness, facts } = testedVendor(id);
			const parts = request.body?.kind === 'multipart' ? request.body.parts : [];
			expect(parts.flatMap((part) => ('file' in part ? [part.file] : []))).toEqual(files);
			const wire = harness.readWire(request);
			const { noUrlsBesideFiles } = facts.abilities;
			expect(wire.referenceUrls).toEqual(noUrlsBesideFiles ? undefined : references);
			const text = JSON.stringify(formFields(request));
			expect(text.includes('https://example.com')).toBe(noUrlsBesideFiles !== true);
			expect(wire).toMatchObject({
				prompt: 'a cat',
				model: 'some-model',
				mode: facts.modes.edit,
				aspectRatio: '1:1',
				resolution: '1K',
				outputFormat: 'jpg',
			});
		});

		it('is a form for one file too', () => {
			const input = submitInput({ operation: 'edit', referenceFiles: [referenceFile] });
			expect(vendor.submit(input).request.body?.kind).toBe('multipart');
		});
	},
);

describe('uploads', () => {
	const uploaders = vendors.flatMap(({ id, uploadReference }) =>
		uploadReference === undefined ? [] : [[id, uploadReference] as const],
	);

	it.each(uploaders)('%s: carry the file, once', (id, upload) => {
		const { uploaded } = testedVendor(id).harness;
		const requests = requestsOf(upload(referenceFile), uploaded?.(references[0]!) ?? []);
		expect(requests.flatMap(filesIn)).toEqual([referenceFile]);
	});

	it.each(uploaders)('%s: take an address of the vendor as it is', (id, upload) => {
		const { uploaded } = testedVendor(id).harness;
		const answers = uploaded?.(references[0]!) ?? [];
		for (const request of requestsOf(upload(referenceFile), answers)) {
			if (isOfApi(request)) continue;
			expect(JSON.stringify(answers)).toContain(JSON.stringify(request.url));
			expect(JSON.stringify(request.headers ?? {})).not.toMatch(/authorization|bearer|key/i);
		}
	});
});

function filesIn({ body }: VendorRequest): readonly ReferenceFile[] {
	if (body?.kind === 'file') return [body.file];
	if (body?.kind !== 'multipart') return [];
	return body.parts.flatMap((part) => ('file' in part ? [part.file] : []));
}
