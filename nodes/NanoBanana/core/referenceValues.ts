import { failed, success, type Failure, type Outcome } from './failure';
import { listOf, objectOf, parseJson, textOf } from './tolerant';
import { holdsExpression, isBlank, lostObject, quoted } from './typedValues';
import { withoutEnd } from './urls';

/** The parameters that name reference images, as the panel shows them. */
export type ReferenceParameter = 'Image Field Name(s)' | 'Reference URLs';

/** A reference image as it was asked for. Whether it exists is not checked yet. */
export type AskedReference = AskedSource & {
	/** The parameter, with the position where it names several. */
	readonly place: string;
};

type AskedSource =
	| { readonly is: 'field'; readonly name: string }
	| { readonly is: 'allFields' }
	| { readonly is: 'url'; readonly url: string }
	| { readonly is: 'file'; readonly file: GivenFile }
	| { readonly is: 'unknown'; readonly value: unknown };

/** An n8n file object, or an object that imitates one: nothing in it is trusted. */
export interface GivenFile {
	/** Where n8n keeps the file. */
	readonly id?: string;
	/** The bytes in base64, if the object has them: `$binary` in an expression leaves them out. */
	readonly base64?: string;
	readonly mediaType: string;
	readonly fileName?: string;
	/** The object as it was given. */
	readonly members: Readonly<Record<string, unknown>>;
}

/**
 * Reads what the user, an expression or an agent put into a parameter of references: text, arrays, objects,
 * JSON. What is not understood fails and is named, so that no image is left out silently.
 *
 * @param fieldNames those of the item's files, since a name may have a comma in it
 */
export function readReferences(
	value: unknown,
	parameter: ReferenceParameter,
	fieldNames: readonly string[],
): Outcome<readonly AskedReference[]> {
	const split = (text: string): readonly AskedSource[] =>
		parameter === 'Reference URLs' ? splitUrls(text) : splitFields(text, fieldNames);
	const sources = sourcesIn(value, split, 0);
	const references = sources.map((source, index) => ({
		...source,
		place: sources.length === 1 ? `'${parameter}'` : `'${parameter}', entry ${index + 1}`,
	}));
	const unknown = references.find(({ is }) => is === 'unknown');
	return unknown?.is === 'unknown' ? failed(notUnderstood(unknown)) : success(references);
}

/** No list of references is nested deeper; one that is has a circle. */
const maxDepth = 8;

function sourcesIn(
	value: unknown,
	split: (text: string) => readonly AskedSource[],
	depth: number,
): readonly AskedSource[] {
	if (isBlank(value)) return [];
	const unknown = [{ is: 'unknown', value }] as const;
	if (depth > maxDepth) return unknown;
	const inside = (inner: unknown): readonly AskedSource[] => sourcesIn(inner, split, depth + 1);
	if (typeof value === 'string') {
		const json = /^\s*["[{]/.test(value) ? parseJson(value) : undefined;
		return json === undefined ? split(value.trim()) : inside(json);
	}
	if (typeof value === 'number') return split(String(value));
	if (Array.isArray(value)) return value.flatMap(inside);
	const object = objectOf(value);
	if (object === undefined) return unknown;
	const file = fileIn(object);
	if (file !== undefined) return [{ is: 'file', file }];
	const url = textOf(object.url);
	if (url !== undefined) return splitUrls(url.trim(), 'whole');
	// Accepts one of our items, an n8n item with its files, and the files of an item by their fields.
	const images = [...listOf(object.images), ...(objectOf(object.image) ? [object.image] : [])];
	if (images.length > 0) return inside(images);
	if (objectOf(object.binary) !== undefined) return inside(object.binary);
	const members = Object.values(object);
	const areFiles = members.map((member) => fileIn(objectOf(member) ?? {}) !== undefined);
	return members.length > 0 && areFiles.every(Boolean) ? inside(members) : unknown;
}

/**
 * An n8n file has a type, and an id or bytes. For a file in memory, `$binary` shows neither id nor bytes.
 */
function fileIn(object: Readonly<Record<string, unknown>>): GivenFile | undefined {
	const mediaType = textOf(object.mimeType);
	if (mediaType === undefined) return undefined;
	const id = textOf(object.id);
	const data = textOf(object.data);
	const fileName = textOf(object.fileName);
	// The id of a Google Drive file, which also has a type, is not an id of n8n's storage.
	const isStored = id !== undefined && /^[\w-]+:./.test(id);
	const isShown = object.fileExtension !== undefined || object.fileType !== undefined;
	if (!isStored && data === undefined && !isShown) return undefined;
	return {
		mediaType,
		members: object,
		...(fileName === undefined ? {} : { fileName }),
		...(isStored ? { id } : data === undefined ? {} : { base64: base64Of(data) }),
	};
}

function base64Of(data: string): string {
	return data.startsWith('data:') ? data.slice(data.indexOf(',') + 1) : data;
}

/** Names with a comma, a semicolon or a line break between them; `*` is all files of the item. */
function splitFields(text: string, fieldNames: readonly string[]): readonly AskedSource[] {
	if (/^(?:https?:\/\/|data:\w+\/)/i.test(text)) return splitUrls(text);
	const names = fieldNames.includes(text) ? [text] : text.split(/[,;\n]/);
	return names
		.map((name) => name.trim().replace(/^(["'])(.*)\1$/, '$2'))
		.filter((name) => !isBlank(name))
		.map((name) =>
			name === '*' && !fieldNames.includes('*') ? { is: 'allFields' } : { is: 'field', name },
		);
}

/** A comma may belong to a signed URL, so it separates only if another URL follows. */
const nextUrl = /(?<=[\s,;]["'<]?)(?=https?:\/\/|data:image\/)/i;

/** Characters copied along from mails, chats and sheets. No URL begins or ends with them. */
const around = ' \t"\'<>,;';

function splitUrls(text: string, form: 'list' | 'whole' = 'list'): readonly AskedSource[] {
	const pieces =
		form === 'whole' ? [text] : text.split(/\r?\n/).flatMap((line) => line.split(nextUrl));
	return pieces
		.map((piece) => withoutEnd(piece.replace(/\p{Cf}/gu, ''), around).replace(/^["'<\s]+/, ''))
		.filter((piece) => !isBlank(piece))
		.map((piece) => {
			if (/^https?:/i.test(piece)) return { is: 'url', url: piece };
			const file = /^data:/i.test(piece) ? fileInDataUri(piece) : undefined;
			return file === undefined ? { is: 'unknown', value: piece } : { is: 'file', file };
		});
}

function fileInDataUri(uri: string): GivenFile | undefined {
	const comma = uri.indexOf(',');
	const [mediaType = '', ...parameters] = uri.slice('data:'.length, comma).split(';');
	const isBase64 = comma > 0 && parameters.some((each) => each.trim().toLowerCase() === 'base64');
	return isBase64 ? { mediaType, base64: uri.slice(comma + 1), members: {} } : undefined;
}

function notUnderstood(reference: AskedReference & { readonly is: 'unknown' }): Failure {
	const { value, place } = reference;
	const text = typeof value === 'string' ? value : '';
	return {
		reason: 'invalidRequest',
		message: `${quoted(value)} in ${place} is not a reference image`,
		hint: hintFor(text),
	};
}

/** The next step after a text that names no image. */
export function hintFor(text: string): string {
	if (text.includes(lostObject)) {
		return 'An expression put an object among other words. Make the whole field one expression; for several images, give a list: {{ [$binary.front, $binary.back] }}.';
	}
	if (holdsExpression(text)) return 'Switch the field to Expression.';
	return "'Reference URLs' takes full URLs that start with https://, and objects with a url. 'Image Field Name(s)' takes field names, and file objects such as {{ $binary.data }}.";
}
