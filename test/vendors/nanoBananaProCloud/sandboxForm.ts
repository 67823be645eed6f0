import { z } from 'zod';
import { refusal, type ApiRequest } from '../../sandbox/exchange';
import { extremeRatios } from '../../sandbox/pictureSizes';
import { inspect, type LoadedReference } from '../../sandbox/references';
import { recordableBody, type MultipartFile, type ParsedBody } from '../../sandbox/requestBody';
import { checkFields, fields, readJson } from '../../sandbox/strictness';
import type { World } from '../../sandbox/world';

const mostReferences = 14;
/** Its page of its own says so. */
const mostReferencesOfNanoBanana2 = 8;
const mostFileBytes = 10 * 1024 * 1024;
const limits = { mostBytes: mostFileBytes };

/** A create request, whichever way it came. */
export interface SubmitForm {
	prompt: string;
	model: string;
	mode?: string | undefined;
	aspectRatio?: string | undefined;
	imageSize?: string | undefined;
	outputFormat?: string | undefined;
	files: MultipartFile[];
	imageUrls: string[];
	imageData?: string | undefined;
	recorded: unknown;
}

/** Reads a create request strictly. */
export function readSubmit(request: ApiRequest, models: readonly string[]): SubmitForm {
	const schema = createSchema(models);
	const { body } = request;
	const multipart = body.kind === 'multipart';
	const files = multipart ? body.files : [];
	const read = multipart ? checkFields(gather(body), schema) : readJson(request, schema);
	// The documented default is true, so a field that was left out publishes the picture.
	if (read.isPublic === undefined) throw refusal('isPublic is not false: it was left out');
	if (read.isPublic !== (multipart ? 'false' : false)) {
		throw refusal(`isPublic is not false: ${JSON.stringify(read.isPublic)}`);
	}
	const imageUrls = [read.imageUrl ?? []].flat();
	checkReferences(read, files, imageUrls);
	if (read.model !== 'nano-banana-2' && isExtreme(read.aspectRatio)) {
		throw refusal(`aspectRatio ${read.aspectRatio} belongs to nano-banana-2 only`);
	}
	return { ...read, files, imageUrls, recorded: recordableBody(body) };
}

/** Loads the references; URLs are read only where no file came along. */
export async function loadReferences(
	world: World,
	form: SubmitForm,
): Promise<{ references: LoadedReference[]; ignored: string[] }> {
	const references: LoadedReference[] = [];
	for (const file of form.files) {
		const record = { source: 'multipart', fileName: file.fileName } as const;
		references.push(await inspect(record, file.bytes, limits));
	}
	if (form.imageData !== undefined) {
		const bytes = Buffer.from(form.imageData.slice(form.imageData.indexOf(',') + 1), 'base64');
		references.push(await inspect({ source: 'dataUrl' }, bytes, limits));
	}
	if (form.files.length > 0) return { references, ignored: form.imageUrls };
	references.push(...(await world.references.fromUrls(form.imageUrls, limits)));
	return { references, ignored: [] };
}

function createSchema(models: readonly string[]) {
	return z
		.object({
			prompt: fields.prompt(),
			model: z.string().refine((model) => models.includes(model), 'unknown model'),
			mode: z.enum(['text-to-image', 'image-to-image']).optional(),
			aspectRatio: fields.anyRatioOrAuto().optional(),
			imageSize: fields.resolution().optional(),
			imageUrl: z.union([fields.httpUrl(), z.array(fields.httpUrl())]).optional(),
			imageData: z
				.string()
				.regex(/^data:image\/[a-z]+;base64,/)
				.optional(),
			outputFormat: z.enum(['png', 'jpg', 'jpeg', 'webp']).optional(),
			isPublic: z.unknown(),
		})
		.strict();
}

function gather(body: ParsedBody & { kind: 'multipart' }): Record<string, unknown> {
	if (body.files.length === 0) throw refusal('multipart/form-data is for requests with files');
	const gathered: Record<string, unknown> = {};
	for (const [name, value] of body.fields) {
		const before = gathered[name];
		if (before === undefined) {
			gathered[name] = value;
		} else if (name === 'imageUrl') {
			gathered[name] = [before, value].flat();
		} else {
			throw refusal(`the field ${name} came twice`);
		}
	}
	return gathered;
}

function checkReferences(
	{ mode, model, imageData }: Pick<SubmitForm, 'mode' | 'model' | 'imageData'>,
	files: readonly MultipartFile[],
	urls: readonly string[],
): void {
	const strange = files.find((file) => file.field !== 'imageFile');
	if (strange) throw refusal(`unknown file field ${strange.field}`);
	if (files.some((file) => file.bytes.length > mostFileBytes)) {
		throw refusal('each imageFile may have 10 MB');
	}
	const count = files.length + urls.length + (imageData === undefined ? 0 : 1);
	const most = model === 'nano-banana-2' ? mostReferencesOfNanoBanana2 : mostReferences;
	if (count > most) throw refusal(`at most ${most} reference images`);
	if (mode === 'image-to-image' && count === 0) {
		throw refusal('image-to-image requires a reference image');
	}
	if (mode !== 'image-to-image' && count > 0) {
		throw refusal('reference images need mode image-to-image');
	}
}

function isExtreme(ratio: string | undefined): boolean {
	return extremeRatios.some((extreme) => extreme === ratio);
}
