import { spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

import type { PackageJson } from '../architecture/packageRules';
import { projectFolder } from '../architecture/sources';
import { testedVendors } from '../vendors';

interface ScanResult {
	readonly passed: boolean;
	readonly message?: string;
	readonly details?: string;
}

interface PackedTarball {
	readonly filename: string;
	readonly size: number;
	readonly unpackedSize: number;
	readonly files: ReadonlyArray<{ readonly path: string }>;
}

/** What the scan looks at in the sources and in the tarball. */
const sourcePatterns = ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'];
const tarballPatterns = ['**/*.js', 'package.json'];

let folder: string;
let unpacked: string;
let tarball: PackedTarball;
let packageJson: PackageJson;

function run(
	command: string,
	parameters: readonly string[],
	currentFolder = projectFolder,
): string {
	const result = spawnSync(command, parameters, {
		cwd: currentFolder,
		encoding: 'utf8',
		// With jest's NODE_ENV the lint rules of n8n take every file for one of their own tests.
		env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: '', NODE_ENV: 'production' },
		maxBuffer: 64 * 1024 * 1024,
		// npm is a script on Windows.
		shell: command === 'npm' && process.platform === 'win32',
	});
	if (result.status !== 0) {
		throw new Error(`${command} ${parameters.join(' ')}\n${result.stdout}\n${result.stderr}`);
	}
	return result.stdout;
}

function scan(...requests: ReadonlyArray<readonly string[]>): readonly ScanResult[] {
	const output = run(process.execPath, [
		path.join(__dirname, 'scan.mjs'),
		JSON.stringify(requests),
	]);
	return JSON.parse(output) as ScanResult[];
}

/** Unpacks the tarball where n8n would, with n8n's own packages beside it. */
function unpack(zodFolder: string): string {
	const modules = path.join(mkdtempSync(path.join(folder, 'installed-')), 'node_modules');
	const target = path.join(modules, 'n8n-nodes-nano-banana-vendors');
	mkdirSync(target, { recursive: true });
	run('tar', ['-xzf', path.join(folder, tarball.filename), '-C', target, '--strip-components=1']);
	for (const [name, source] of [
		['n8n-workflow', 'n8n-workflow'],
		['zod', zodFolder],
	] as const) {
		symlinkSync(path.join(projectFolder, 'node_modules', source), path.join(modules, name), 'dir');
	}
	return target;
}

function filesBelow(parent: string): readonly string[] {
	return readdirSync(parent, { withFileTypes: true }).flatMap((entry) => {
		const file = path.join(parent, entry.name);
		return entry.isDirectory() ? filesBelow(file) : [file];
	});
}

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'nano-banana-vendors-package-'));
	// A build of its own: a real n8n may be running on the project's `dist/`.
	const built = path.join(folder, 'built');
	mkdirSync(built);
	for (const file of ['package.json', 'README.md', 'LICENSE']) {
		cpSync(path.join(projectFolder, file), path.join(built, file));
	}
	run(process.execPath, [path.join('scripts', 'build.mjs'), built]);
	const [packed] = JSON.parse(
		run('npm', ['pack', built, '--json', '--loglevel=error', '--pack-destination', folder]),
	) as PackedTarball[];
	if (packed === undefined) throw new Error('npm pack made nothing');
	tarball = packed;
	unpacked = unpack('zod');
	packageJson = JSON.parse(
		readFileSync(path.join(unpacked, 'package.json'), 'utf8'),
	) as PackageJson;
	const inKilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
	process.stdout.write(
		`${tarball.filename}: ${inKilobytes(tarball.size)}, unpacked ${inKilobytes(tarball.unpackedSize)}, ${tarball.files.length} files\n`,
	);
}, 180_000);

afterAll(() => {
	rmSync(folder, { recursive: true, force: true });
});

describe('the tarball', () => {
	it('holds only what n8n needs', () => {
		const allowed =
			/^(package\.json|README\.md|LICENSE|dist\/(nodes|credentials)\/.+\.(js|node\.json)|dist\/nodes\/NanoBanana\/__schema__\/.+\.json|dist\/icons\/[A-Za-z.]+\.svg)$/;
		const others = tarball.files.map((file) => file.path).filter((file) => !allowed.test(file));
		expect(others).toEqual([]);
	});

	it.each(['package.json', 'README.md', 'LICENSE'])('holds %s', (file) => {
		expect(tarball.files.map((entry) => entry.path)).toContain(file);
	});

	it('holds the schemas of all operations and of the trigger beside the nodes', () => {
		const schemas = filesBelow(path.join(projectFolder, 'nodes/NanoBanana/__schema__'));
		expect(schemas.length).toBeGreaterThan(1);
		const built = schemas.map((file) => `dist/${path.relative(projectFolder, file)}`);
		expect(tarball.files.map((entry) => entry.path)).toEqual(expect.arrayContaining(built));
	});

	it('is small', () => {
		expect(tarball.size).toBeLessThan(250_000);
		expect(tarball.unpackedSize).toBeLessThan(1_000_000);
	});

	it('holds each file that package.json names for n8n, and no other node or credential', () => {
		const named = [...(packageJson.n8n?.credentials ?? []), ...(packageJson.n8n?.nodes ?? [])];
		const built = tarball.files
			.map((file) => file.path)
			.filter((file) => /\.(node|credentials)\.js$/.test(file));
		expect([...named].sort()).toEqual(built.sort());
	});

	it('names no folder of the machine that packed it', () => {
		const places = [projectFolder, homedir()].filter((place) => place.length > 1);
		const telling = filesBelow(unpacked).filter((file) => {
			const text = readFileSync(file, 'utf8');
			return places.some((place) => text.includes(`${place}/`) || text.includes(`${place}\\`));
		});
		expect(telling).toEqual([]);
	});

	it.each(['zod', 'zod4'])('loads as in n8n, with the %s of the server', (zodFolder) => {
		const output = run(process.execPath, [path.join(__dirname, 'load.cjs'), unpack(zodFolder)]);
		const described = JSON.parse(output) as ReadonlyArray<{
			readonly name: string;
			readonly iconsExist: boolean;
		}>;
		const credentials = testedVendors.map(({ credential }) => credential.name);
		expect(described.map(({ name }) => name).sort()).toEqual(
			[...credentials, 'nanoBanana', 'nanoBananaTrigger'].sort(),
		);
		expect(described.every(({ iconsExist }) => iconsExist)).toBe(true);
	});
});

describe('n8n’s own scan', () => {
	it('finds nothing in the tarball and nothing in the sources', () => {
		const results = scan([unpacked, ...tarballPatterns], [projectFolder, ...sourcePatterns]);
		expect(results.map(({ passed, message, details }) => ({ passed, message, details }))).toEqual([
			{ passed: true },
			{ passed: true },
		]);
	}, 120_000);

	it('would find something', () => {
		const bad = path.join(folder, 'bad', 'package');
		mkdirSync(path.join(bad, 'dist', 'nodes'), { recursive: true });
		writeFileSync(path.join(bad, 'package.json'), JSON.stringify({ ...packageJson, name: 'bad' }));
		writeFileSync(path.join(bad, 'dist', 'nodes', 'a.js'), 'setTimeout(() => {}, 5);\n');
		const [result] = scan([bad, ...tarballPatterns]);
		expect(result?.passed).toBe(false);
		expect(result?.details).toContain('no-restricted-globals');
		expect(result?.details).toContain('package-name-convention');
	});
});

it('the licence is the one that package.json names', () => {
	expect(existsSync(path.join(projectFolder, 'LICENSE'))).toBe(true);
	expect(readFileSync(path.join(projectFolder, 'LICENSE'), 'utf8')).toMatch(/^MIT License/);
	expect(packageJson.license).toBe('MIT');
});
