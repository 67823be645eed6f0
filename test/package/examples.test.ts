import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { projectFolder } from '../architecture/sources';

interface ExampleNode {
	readonly name: string;
	readonly type: string;
	readonly position: readonly [number, number];
	readonly parameters: Readonly<Record<string, unknown>>;
	readonly credentials?: Readonly<Record<string, { readonly id: string | null }>>;
}

const maxPictureBytes = 150_000;
const nodeSide = 96;
const read = (file: string): string => readFileSync(path.join(projectFolder, file), 'utf8');
const files = readdirSync(path.join(projectFolder, 'examples')).filter((file) =>
	file.endsWith('.json'),
);

describe.each(files)('examples/%s', (file) => {
	const { nodes, connections } = JSON.parse(read(`examples/${file}`)) as {
		readonly nodes: readonly ExampleNode[];
		readonly connections: Readonly<Record<string, unknown>>;
	};

	it('is listed in the README, shown on the page of the examples, and run by the end-to-end test', () => {
		const page = read('docs/examples.md');
		expect(read('README.md')).toContain(`](examples/${file})`);
		expect(page).toContain(`](../examples/${file})`);
		// The demo is what `npm start` runs; its picture is that of the editor.
		if (file === 'demo.json') return;
		const picture = `images/examples/${file.replace('.json', '.png')}`;
		expect(page).toContain(`](${picture})`);
		const shown = path.join(projectFolder, 'docs', picture);
		expect(existsSync(shown)).toBe(true);
		expect(statSync(shown).size).toBeLessThan(maxPictureBytes);
		expect(read('test/e2e/examples/index.ts')).toContain(`'${file}'`);
	});

	it('says on a note what to do, and has nobody’s credentials', () => {
		const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(notes.length).toBeGreaterThan(0);
		for (const { credentials } of nodes) {
			for (const { id } of Object.values(credentials ?? {})) expect(id).toBeNull();
		}
	});

	it('connects nodes that are there, none of which lies on another', () => {
		const names = nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		const targets = [...JSON.stringify(connections).matchAll(/"node":"([^"]+)"/g)];
		for (const [, target] of targets) expect(names).toContain(target);
		for (const name of Object.keys(connections)) expect(names).toContain(name);
		const boxes = nodes.map(({ name, type, position, parameters }) => {
			const isNote = type === 'n8n-nodes-base.stickyNote';
			const width = isNote ? Number(parameters.width) : nodeSide;
			const height = isNote ? Number(parameters.height) : nodeSide;
			return { name, left: position[0], top: position[1], width, height };
		});
		const overlapping = boxes.flatMap((one, index) =>
			boxes
				.slice(index + 1)
				.filter(
					(other) =>
						one.left < other.left + other.width &&
						other.left < one.left + one.width &&
						one.top < other.top + other.height &&
						other.top < one.top + one.height,
				)
				.map((other) => `${one.name} and ${other.name}`),
		);
		expect(overlapping).toEqual([]);
	});
});
