import path from 'node:path';
import ts from 'typescript';

import type { Source } from './sources';

/**
 * Section "who may import whom" as a table: for each zone the zones and packages that it may import.
 * A zone may always import itself, but for a vendor's folder, where another one is another vendor.
 */
const mayImport = {
	core: [],
	vendor: ['core', 'zod'],
	registry: ['core', 'vendor'],
	platform: ['core', 'n8n-workflow'],
	panel: ['core', 'registry', 'n8n-workflow'],
	engine: ['core', 'platform', 'registry', 'n8n-workflow'],
	operations: ['core', 'platform', 'registry', 'panel', 'engine', 'n8n-workflow'],
	node: ['operations', 'panel', 'engine', 'n8n-workflow'],
	credential: ['n8n-workflow'],
} as const;

type ZoneName = keyof typeof mayImport;

interface Zone {
	readonly name: ZoneName;
	readonly vendor?: string;
}

const zonePatterns: ReadonlyArray<readonly [RegExp, ZoneName]> = [
	[/^nodes\/NanoBanana\/core\//, 'core'],
	[/^nodes\/NanoBanana\/vendors\/index$/, 'registry'],
	[/^nodes\/NanoBanana\/vendors\/([^/]+)(?:\/|$)/, 'vendor'],
	[/^nodes\/NanoBanana\/platform\//, 'platform'],
	[/^nodes\/NanoBanana\/panel\//, 'panel'],
	[/^nodes\/NanoBanana\/engine\//, 'engine'],
	[/^nodes\/NanoBanana\/operations\//, 'operations'],
	[/^nodes\/NanoBanana\/[^/]+\.node$/, 'node'],
	[/^credentials\//, 'credential'],
];

/** Names that n8n's community rules ban, and those that would get around them. */
const bannedNames: ReadonlySet<string> = new Set([
	'setTimeout',
	'setInterval',
	'setImmediate',
	'clearTimeout',
	'clearInterval',
	'queueMicrotask',
	'process',
	'globalThis',
	'global',
	'window',
	'require',
	'module',
	'__dirname',
	'__filename',
	'eval',
	'Function',
]);

/** What a source file breaks of the import rules, in words. */
export function importViolations(source: Source): readonly string[] {
	const from = zoneOf(withoutEnding(source.path));
	if (from === undefined) return [`${source.path} stands in no folder of the layout`];
	return specifiersOf(parse(source)).flatMap((specifier) => {
		if (!specifier.startsWith('.')) {
			const isAllowed = (mayImport[from.name] as readonly string[]).includes(specifier);
			return isAllowed ? [] : [`${source.path} (${from.name}) imports ${specifier}`];
		}
		const target = path.posix.join(path.posix.dirname(source.path), specifier);
		const to = zoneOf(target) ?? zoneOf(`${target}/index`);
		if (to !== undefined && isAllowedZone(from, to)) return [];
		return [`${source.path} (${from.name}) imports ${target}`];
	});
}

/** Files that import one another in a circle, each circle once; what is imported, also a type, does not matter. */
export function importCircles(sources: readonly Source[]): readonly string[] {
	const names = new Set(sources.map(({ path: file }) => withoutEnding(file)));
	const imports = new Map(
		sources.map((source) => {
			const folder = path.posix.dirname(source.path);
			const targets = specifiersOf(parse(source)).flatMap((specifier) => {
				if (!specifier.startsWith('.')) return [];
				const target = path.posix.join(folder, specifier);
				return [target, `${target}/index`].filter((name) => names.has(name));
			});
			return [withoutEnding(source.path), targets] as const;
		}),
	);
	const circles = new Set<string>();
	const done = new Set<string>();
	const walk = (file: string, way: readonly string[]): void => {
		const begin = way.indexOf(file);
		if (begin >= 0) circles.add([...way.slice(begin)].sort().join(' → '));
		if (begin >= 0 || done.has(file)) return;
		for (const target of imports.get(file) ?? []) walk(target, [...way, file]);
		done.add(file);
	};
	for (const file of imports.keys()) walk(file, []);
	return [...circles];
}

/** Vendor ids (and the credential types made of them) in texts outside the vendor's own files. */
export function vendorIdViolations(
	source: Source,
	vendorIds: readonly string[],
): readonly string[] {
	const foreign = vendorIds.filter((id) => !belongsTo(source.path, id));
	return textsOf(parse(source)).flatMap((text) =>
		foreign
			.filter((id) => new RegExp(`(?<![A-Za-z0-9])${id}(?:Api)?(?![A-Za-z0-9])`).test(text))
			.map((id) => `${source.path} names the vendor ${id}: ${JSON.stringify(text.slice(0, 80))}`),
	);
}

/** Banned globals, and the type `any`. */
export function bannedWordViolations(source: Source): readonly string[] {
	const found: string[] = [];
	visit(parse(source), (node) => {
		if (node.kind === ts.SyntaxKind.AnyKeyword) found.push('any');
		if (ts.isIdentifier(node) && bannedNames.has(node.text) && !isOwnName(node)) {
			found.push(node.text);
		}
	});
	return found.map((name) => `${source.path} uses ${name}`);
}

function belongsTo(file: string, vendorId: string): boolean {
	const className = vendorId.charAt(0).toUpperCase() + vendorId.slice(1);
	return (
		file.startsWith(`nodes/NanoBanana/vendors/${vendorId}/`) ||
		file.startsWith(`test/vendors/${vendorId}/`) ||
		file === `credentials/${className}Api.credentials.ts`
	);
}

function isAllowedZone(from: Zone, to: Zone): boolean {
	if (from.name === 'vendor' && to.name === 'vendor') return from.vendor === to.vendor;
	if (from.name === to.name) return from.name !== 'node';
	return (mayImport[from.name] as readonly string[]).includes(to.name);
}

function zoneOf(file: string): Zone | undefined {
	for (const [pattern, name] of zonePatterns) {
		const match = pattern.exec(file);
		if (match === null) continue;
		const vendor = match[1];
		return vendor === undefined ? { name } : { name, vendor };
	}
	return undefined;
}

function withoutEnding(file: string): string {
	return file.replace(/\.ts$/, '');
}

function parse(source: Source): ts.SourceFile {
	return ts.createSourceFile(source.path, source.text, ts.ScriptTarget.ES2022, true);
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
	look(node);
	node.forEachChild((child) => visit(child, look));
}

/** What is imported, however it is written. */
function specifiersOf(file: ts.SourceFile): readonly string[] {
	const specifiers: string[] = [];
	visit(file, (node) => {
		if (isSpecifier(node)) specifiers.push(node.text);
	});
	return specifiers;
}

function isSpecifier(node: ts.Node): node is ts.StringLiteralLike {
	if (!ts.isStringLiteralLike(node)) return false;
	const { parent } = node;
	if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return true;
	if (ts.isExternalModuleReference(parent)) return true;
	if (ts.isLiteralTypeNode(parent)) return ts.isImportTypeNode(parent.parent);
	if (!ts.isCallExpression(parent) || parent.arguments[0] !== node) return false;
	const { expression } = parent;
	return (
		expression.kind === ts.SyntaxKind.ImportKeyword ||
		(ts.isIdentifier(expression) && expression.text === 'require')
	);
}

/** The texts of a file, pieces of templates and regular expressions among them. */
function textsOf(file: ts.SourceFile): readonly string[] {
	const texts: string[] = [];
	visit(file, (node) => {
		const isText =
			ts.isStringLiteralLike(node) ||
			ts.isTemplateHead(node) ||
			ts.isTemplateMiddleOrTemplateTail(node) ||
			ts.isRegularExpressionLiteral(node);
		if (isText && !isSpecifier(node)) texts.push(node.text);
	});
	return texts;
}

/** A member or a key of that name is not the global. */
function isOwnName(node: ts.Identifier): boolean {
	const { parent } = node;
	return (
		(ts.isPropertyAccessExpression(parent) && parent.name === node) ||
		(ts.isPropertyAssignment(parent) && parent.name === node) ||
		(ts.isPropertySignature(parent) && parent.name === node)
	);
}
