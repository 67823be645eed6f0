import { failed, success, type Failure, type Outcome } from './failure';
import { listOf, objectOf, parseJson, textOf } from './tolerant';
import { holdsExpression, isBlank, lostObject, quoted, writtenText } from './typedValues';
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
		parameter === 'Reference URLs'
			? splitUrls(text, (value) => [{ is: 'unknown', value }])
			: splitFields(text, fieldNames);
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
	// One of our items may have members of its input item, too.
	const isOurs = textOf(object.vendor) !== undefined;
	if (isOurs && Array.isArray(object.taskIds)) return inside(object.images);
	const url = textOf(object.url);
	if (url !== undefined) {
		const isImage = isOurs && textOf(object.taskId) !== undefined;
		return isImage || !hasOtherImages(object, url) ? inside(url.trim()) : unknown;
	}
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

/** Whether the `url` of an object may be that of a page whose images stand beside it, as a scraper gives them. */
function hasOtherImages(object: Readonly<Record<string, unknown>>, url: string): boolean {
	return Object.entries(object).some(([name, member]) => {
		if (!/^(?:image|photo|picture|gallery)/i.test(name)) return false;
		const urls = (writtenText(member) ?? '').match(/https?:\/\/[^\s"]+/gi) ?? [];
		return urls.some((each) => each !== url.trim());
	});
}

/** Names with a comma, a semicolon or a line break between them; `*` is all files of the item. */
function splitFields(text: string, fieldNames: readonly string[]): readonly AskedSource[] {
	if (fieldNames.includes(text)) return [{ is: 'field', name: text }];
	if (!urlStart.test(text)) return fieldsIn(text, fieldNames);
	return splitUrls(text, (others) => fieldsIn(others, fieldNames)).flatMap((source) => {
		if (source.is !== 'url') return source;
		const comma = Math.max(source.url.lastIndexOf(','), source.url.lastIndexOf(';'));
		const name = source.url.slice(comma + 1).trim();
		if (comma === -1 || !fieldNames.includes(name)) return source;
		return [...splitFields(source.url.slice(0, comma), fieldNames), { is: 'field', name }];
	});
}

function fieldsIn(text: string, fieldNames: readonly string[]): readonly AskedSource[] {
	return text
		.split(/[,;\n]/)
		.map((name) => name.trim().replace(/^(["'])(.*)\1$/, '$2'))
		.filter((name) => !isBlank(name))
		.map((name) =>
			name === '*' && !fieldNames.includes('*') ? { is: 'allFields' } : { is: 'field', name },
		);
}

const urlStart = /https?:\/\/|data:image\//i;

/**
 * A comma may belong to a signed URL, so it separates only if another URL follows. A URL within another one
 * stands behind `=` or `/`.
 */
const nextUrl =
	/(?<=[\s\p{Cf},;|，、；｜،؛]["'<]?|\.(?:png|jpe?g|webp|gif|avif|heic))(?=https?:\/\/|data:image\/)/iu;

/** Two URLs without anything between them. What is encoded before the second belongs to the first. */
const glued = /(?<!%[\da-f]?)[a-z\d]https?:\/\//i;

/** Characters copied along from mails, chats and sheets. No URL begins or ends with them. */
const around = ' \t"\'<>,;|，、；｜،؛';

/** Stands between two URLs, with a blank before it. */
const betweenUrls = /^(?:and|or|und|oder|et|ou|y|o|e|plus|with|[&+/*·•>→–—-]{1,3})$/i;

/** @param readOthers reads what stands between or behind the URLs */
function splitUrls(
	text: string,
	readOthers: (text: string) => readonly AskedSource[],
): readonly AskedSource[] {
	const lines = text
		// Some programs escape JSON twice, and Slack puts the name of a link behind its URL.
		.replace(/\\\//g, '/')
		.replace(/\\[rnt](?=["'\s]?(?:https?:|data:|\\[rnt]|$))/gi, '\n')
		.replace(/\t/g, ' ')
		.replace(/<(https?:[^<>|\s]*)\|[^<>]*>/gi, '\n$1\n')
		.split(/\r?\n/);
	return lines.flatMap((line) => {
		const pieces = line.split(nextUrl);
		return pieces.flatMap((piece, index): readonly AskedSource[] => {
			const shown = withoutConnectors(piece.replace(/\p{Cf}/gu, '')).replace(/^["'<\s]+/, '');
			if (isBlank(shown)) return [];
			if (/^data:/i.test(shown)) {
				const file = fileInDataUri(shown);
				return [file === undefined ? { is: 'unknown', value: shown } : { is: 'file', file }];
			}
			if (!/^https?:/i.test(shown)) return readOthers(shown);
			if (glued.test(shown.slice(1))) return [{ is: 'unknown', value: shown }];
			const end = endOfUrl(shown, index === pieces.length - 1);
			const others = shown.slice(end).replace(/^[\s,;|，、；｜،؛]+/, '');
			const url = withoutConnectors(shown.slice(0, end));
			return [{ is: 'url', url }, ...(others === '' ? [] : readOthers(others))];
		});
	});
}

function withoutConnectors(text: string): string {
	let rest = text;
	for (;;) {
		rest = withoutEnd(rest, around);
		const blank = rest.lastIndexOf(' ');
		if (blank === -1 || !betweenUrls.test(rest.slice(blank + 1))) return rest;
		rest = rest.slice(0, blank);
	}
}

const imageName = '\\.(?:png|jpe?g|webp|gif|avif|heic|bmp|tiff?)';
const imageBeforeBlank = new RegExp(`${imageName}(?=\\s)`, 'i');
const imageBeforeComma = new RegExp(`${imageName}(?=[,;|，、；｜،؛])`, 'i');
const imageAtEnd = new RegExp(`${imageName}$`, 'i');

/** Words that describe the URL before them: "(front)", "- the logo". */
const label = /[,;]?\s[([{]|[,;]?\s[-–—:→]\s|[,;]\s/;

/** Where a URL ends that may have blanks in it, or words behind it. */
function endOfUrl(text: string, isLast: boolean): number {
	const query = text.search(/[?#]/);
	const path = query === -1 ? text : text.slice(0, query);
	const inPath = imageBeforeBlank.exec(path);
	if (inPath !== null) return inPath.index + inPath[0].length;
	// A service that puts images together may have commas between their names, but a path behind them.
	const start = Math.max(...['/', '?', '=', '&', '(', ')'].map((sign) => text.lastIndexOf(sign)));
	const inList = imageBeforeComma.exec(text.slice(start));
	if (inList !== null) return start + inList.index + inList[0].length;
	const from = imageAtEnd.test(path) ? path.length : query === -1 || !isLast ? 0 : text.length;
	const behind = text.slice(from).search(isLast ? label : /\s/);
	return behind === -1 ? text.length : from + behind;
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
