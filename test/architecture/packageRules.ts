import path from 'node:path';

export interface PackageJson {
	readonly name?: string;
	readonly version?: string;
	readonly license?: string;
	readonly keywords?: readonly string[];
	readonly files?: readonly string[];
	readonly scripts?: Readonly<Record<string, string>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly bundledDependencies?: unknown;
	readonly bundleDependencies?: unknown;
	readonly peerDependencies?: Readonly<Record<string, string>>;
	readonly n8n?: {
		readonly n8nNodesApiVersion?: number;
		readonly credentials?: readonly string[];
		readonly nodes?: readonly string[];
	};
}

/** What of package.json n8n would not take, or would install beside the package. */
export function packageViolations(
	packageJson: PackageJson,
	sourceFiles: readonly string[],
): readonly string[] {
	const { n8n } = packageJson;
	return [
		...dependencyViolations(packageJson),
		...entryViolations('credentials', n8n?.credentials, endingWith('.credentials.ts')),
		...entryViolations('nodes', n8n?.nodes, endingWith('.node.ts')),
		...(n8n?.n8nNodesApiVersion === 1 ? [] : ['n8n.n8nNodesApiVersion is not 1']),
		...(packageJson.keywords?.includes('n8n-community-node-package') === true
			? []
			: ['the keyword n8n-community-node-package is missing']),
		...(JSON.stringify(packageJson.files) === '["dist"]' ? [] : ['files is not ["dist"]']),
		...(packageJson.license === 'MIT' ? [] : ['the licence is not MIT']),
	];

	function endingWith(ending: string): readonly string[] {
		return sourceFiles
			.filter((file) => file.endsWith(ending))
			.map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);
	}
}

function dependencyViolations(packageJson: PackageJson): readonly string[] {
	const runtime = [
		...Object.keys(packageJson.dependencies ?? {}),
		...Object.keys(packageJson.optionalDependencies ?? {}),
	].map((name) => `${name} is a runtime dependency`);
	const peers = Object.keys(packageJson.peerDependencies ?? {});
	const bundled = packageJson.bundledDependencies ?? packageJson.bundleDependencies;
	return [
		...runtime,
		...(bundled === undefined ? [] : ['dependencies are bundled']),
		...(peers.join() === 'n8n-workflow' ? [] : [`the peers are ${peers.join(', ') || 'none'}`]),
	];
}

function entryViolations(
	kind: string,
	listed: readonly string[] | undefined,
	expected: readonly string[],
): readonly string[] {
	const entries = listed ?? [];
	return [
		...expected.filter((file) => !entries.includes(file)).map((file) => `${kind} lacks ${file}`),
		...entries
			.filter((file) => !expected.includes(file))
			.map((file) => `${kind} lists ${file}, which has no source`),
		...(new Set(entries).size === entries.length ? [] : [`${kind} lists a file twice`]),
	];
}

/** What is wrong with the icon of a node or credential in a file of the project. */
export function iconViolations(
	file: string,
	icon: unknown,
	readSvg: (svgFile: string) => string | undefined,
): readonly string[] {
	if (typeof icon !== 'object' || icon === null) return [`${file} has no light and dark icon`];
	const { light, dark } = icon as { readonly light?: unknown; readonly dark?: unknown };
	const pictures = [light, dark].map((reference) => {
		if (typeof reference !== 'string' || !reference.startsWith('file:')) return undefined;
		return path.posix.join(path.posix.dirname(file), reference.slice('file:'.length));
	});
	const texts = pictures.map((picture) => (picture === undefined ? undefined : readSvg(picture)));
	const [lightText, darkText] = texts;
	return [
		...texts.flatMap((text, index) =>
			text === undefined
				? [`${file}: the icon ${pictures[index] ?? JSON.stringify(icon)} does not exist`]
				: svgViolations(pictures[index] ?? file, text),
		),
		...(lightText !== undefined && lightText === darkText
			? [`${file}: the light and the dark icon are alike`]
			: []),
	];
}

function svgViolations(file: string, text: string): readonly string[] {
	const viewBox = /viewBox="0 0 (\d+) (\d+)"/.exec(text);
	const withoutNamespace = text.replace('xmlns="http://www.w3.org/2000/svg"', '');
	return [
		...(viewBox !== null && viewBox[1] === viewBox[2] ? [] : [`${file} is not square`]),
		...(/https?:|href|<script|<image|<style|url\(|\bon\w+=/i.test(withoutNamespace)
			? [`${file} refers to something outside it`]
			: []),
		...(text.length > 4_096 ? [`${file} is larger than 4 KB`] : []),
	];
}
