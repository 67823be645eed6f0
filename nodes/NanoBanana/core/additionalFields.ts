import { failed, success, type Outcome } from './failure';
import { jsonErrorAt } from './jsonErrorAt';
import { wellFormedJson } from './text';
import { objectOf, parseJson } from './tolerant';
import { holdsExpression, lostObject } from './typedValues';
import type { Exchange, ImageRequest, ImageVendor, JsonObject, ReferenceFile } from './vendor';

const option = "'Additional Fields (JSON)' (under Options)";

/** Longer JSON is not a field of a request, and each order saves a copy. */
const longestJson = 20_000;
const maxDepth = 20;

/**
 * Checks the fields that the user adds to the vendor's own input. No field may be one that the node sets in
 * any setting: the vendor would get two values for it.
 *
 * @param isLimited whether the run has a Max Cost: then no field may change the number of images or the
 * price
 */
export function checkAdditionalFields(
	asked: unknown,
	vendor: ImageVendor,
	isLimited: boolean,
): Outcome<JsonObject | undefined> {
	const parsed = parsedFields(asked);
	if (!parsed.ok) return parsed;
	if (parsed.value === undefined) return success(undefined);
	const problem = problemIn(parsed.value, []);
	if (problem !== undefined) return refused(`${option} ${problem}`);
	const json = wellFormedJson(JSON.stringify(parsed.value));
	if (json.length > longestJson) {
		return refused(`${option} has more than ${longestJson} characters`);
	}
	// Copied, because an expression may return an object that belongs to n8n.
	const added = JSON.parse(json) as JsonObject;
	const own = fieldsOfNode(vendor);
	for (const name of Object.keys(added)) {
		const clash = own.find((each) => plainName(each) === plainName(name));
		if (clash === undefined) continue;
		const spelled = clash === name ? '' : ` (as "${clash}")`;
		return refused(
			`${option} has "${name}", which the node sets itself at ${vendor.displayName}${spelled}`,
			'Remove it, and use the field or option of the node instead.',
		);
	}
	const costly = isLimited ? namesIn(added).find(isCostly) : undefined;
	if (costly !== undefined) {
		return refused(
			`${option} has "${costly}", which may change the number of images or their price, and 'Max Cost' is set`,
			"Remove this field, or remove 'Max Cost'.",
		);
	}
	return success(Object.keys(added).length === 0 ? undefined : added);
}

/** JSON text as it is typed, or the object of an expression. */
function parsedFields(asked: unknown): Outcome<object | undefined> {
	if (asked === undefined || asked === null) return success(undefined);
	let value: unknown = asked;
	if (typeof asked === 'string') {
		if (asked.trim() === '') return success(undefined);
		try {
			value = JSON.parse(asked) as unknown;
		} catch {
			const before = asked.slice(0, jsonErrorAt(asked)).split('\n');
			const column = (before.at(-1)?.length ?? 0) + 1;
			return refused(
				`${option} is not JSON: the mistake is in line ${before.length}, column ${column}`,
				'Put names and texts in double quotes, and no comma after the last entry.',
			);
		}
	}
	const object = objectOf(value);
	return object === undefined
		? refused(
				`${option} is not a JSON object`,
				'Write names and values in braces, for instance {"seed": 42}.',
			)
		: success(object);
}

/** Why a value cannot be sent, in words that follow the name of the option. */
function problemIn(value: unknown, path: readonly string[]): string | undefined {
	const where = path.length === 0 ? '' : ` at "${path.join('.').slice(0, 80)}"`;
	if (path.length > maxDepth) return `is nested more than ${maxDepth} levels deep`;
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'boolean') return undefined;
	if (typeof value === 'string') return problemInText(value, where);
	if (typeof value === 'number') {
		const isExact = Number.isFinite(value) && (!Number.isInteger(value) || isSafe(value));
		return isExact
			? undefined
			: `has a number${where} that JSON cannot hold; put it in double quotes`;
	}
	if (typeof value !== 'object' || !(Array.isArray(value) || isPlain(value))) {
		return `has a value${where} that is not JSON`;
	}
	for (const [name, entry] of Object.entries(value)) {
		const isTop = path.length === 0;
		if (unsafeNames.has(name) || (isTop && !/^[\w.$-]{1,100}$/.test(name))) {
			return `has the name ${JSON.stringify(name.slice(0, 80))}, which cannot be sent`;
		}
		const problem = problemInText(name, where) ?? problemIn(entry, [...path, name]);
		if (problem !== undefined) return problem;
	}
	return undefined;
}

function problemInText(text: string, where: string): string | undefined {
	if (holdsExpression(text)) {
		return `has an expression${where} that n8n has not evaluated; switch the field to Expression`;
	}
	return text.includes(lostObject)
		? `has "${lostObject}"${where}, because an expression put an object among other words; write it as {{ JSON.stringify($json.field) }}`
		: undefined;
}

function isSafe(value: number): boolean {
	return Number.isSafeInteger(value);
}

/** Also true for an object from the realm of n8n's expressions. */
function isPlain(value: object): boolean {
	const prototype = Object.getPrototypeOf(value) as object | null;
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A receiver that copies fields one by one would change the prototype of its object. */
const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Vendors write a name in snake case or in camel case, and some take both. */
function plainName(name: string): string {
	return name.toLowerCase().replace(/[^a-z\d]/g, '');
}

/** Words in the names of fields that choose how many images there are, or what one costs; also with an s. */
const costWords: ReadonlySet<string> = new Set(
	[
		'n num number count amount quantity total many batch sample output variation variant version',
		'candidate alternative result copy copie repeat repetition best grid tile sequential iteration',
		'pas passe loop images img pic picture quality size resolution width height side edge scale px',
		'dpi hd uhd definition detail enhance enhancer refine refiner tier priority premium pro ultra',
		'turbo plan price cost credit model engine mode speed step',
	].flatMap((line) => line.split(' ')),
);

function isCostly(name: string): boolean {
	const words = name
		.normalize('NFKC')
		.replace(/([a-z\d])([A-Z])/g, '$1 $2')
		.toLowerCase()
		.split(/[^a-z]+/);
	return (
		words.some((word) => costWords.has(word) || costWords.has(word.replace(/s$/, ''))) ||
		/^num|(?:count|size|quality|resolution|image|variant|howmany|bestof)s$|\d[kp]s$|upscal|pixel|dimension|hires|highres/.test(
			plainName(`${name}s`).replace(/ss$/, 's'),
		)
	);
}

/** All names in a JSON value, at any depth, also in texts that are JSON. */
function namesIn(value: unknown, depth = 0): readonly string[] {
	if (depth > 2 * maxDepth) return [];
	if (typeof value === 'string') {
		return /^\s*[[{]/.test(value) ? namesIn(parseJson(value), depth + 1) : [];
	}
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, entry]) => [
		...(Array.isArray(value) ? [] : [name]),
		...namesIn(entry, depth + 1),
	]);
}

const knownFields = new WeakMap<ImageVendor, readonly string[]>();

/** Every field that a submit to this vendor can have, read off submits in all settings. */
export function fieldsOfNode(vendor: ImageVendor): readonly string[] {
	const known = knownFields.get(vendor);
	if (known !== undefined) return known;
	const names = [...new Set(everySetting().flatMap((input) => fieldsOf(vendor.submit(input))))];
	knownFields.set(vendor, names);
	return names;
}

function fieldsOf({ request }: Exchange<unknown>): readonly string[] {
	const inQuery = 'query' in request ? Object.keys(request.query ?? {}) : [];
	const { body } = request;
	if (body?.kind === 'json') return [...inQuery, ...namesIn(body.value)];
	return [...inQuery, ...(body?.kind === 'multipart' ? body.parts.map(({ name }) => name) : [])];
}

const noFile: ReferenceFile = {
	label: '',
	fileName: 'image.png',
	mediaType: 'image/png',
	size: 0,
	open: () => Promise.resolve(new Uint8Array()),
};

/** Submits in all settings that change which fields are sent. */
function everySetting(): ReadonlyArray<Parameters<ImageVendor['submit']>[0]> {
	let requests: ReadonlyArray<Partial<ImageRequest>> = [{ vendorModel: 'model', prompt: 'prompt' }];
	const withEach = (...changes: ReadonlyArray<Partial<ImageRequest>>): void => {
		requests = requests.flatMap((request) => changes.map((each) => ({ ...request, ...each })));
	};
	withEach({ operation: 'generate' }, { operation: 'edit' });
	withEach({ aspectRatio: 'auto' }, { aspectRatio: '1:1' });
	withEach({ resolution: undefined }, { resolution: '1K' });
	withEach({ outputFormat: undefined }, { outputFormat: 'png' });
	withEach({ imagesInTask: 1 }, { imagesInTask: 2 });
	withEach({ referenceUrls: [] }, { referenceUrls: ['https://example.com/image.png'] });
	withEach({ referenceFiles: [] }, { referenceFiles: [noFile] });
	return requests.flatMap((request) =>
		[undefined, 'https://example.com/callback'].map((callbackUrl) => ({
			request: request as ImageRequest,
			idempotencyKey: 'key',
			callbackUrl,
		})),
	);
}

function refused(message: string, hint?: string): ReturnType<typeof failed> {
	return failed({ reason: 'invalidRequest', message, ...(hint === undefined ? {} : { hint }) });
}
