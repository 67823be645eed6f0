import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Sandbox } from '../../sandbox';
import type { Stage } from '../../server/stage';
import { expect, type Checks } from '../checks';

/** The package itself lies there, and its own code may say `Bearer`. */
const nodesFolder = 'nodes';
const leastFiles = 3;

/**
 * Looks for keys in all that an n8n has written: database, logs, events, binary data, executions.
 *
 * @param sandboxes those that it has bought from; from the first one it has a task still
 */
export async function scanForKeys(
	checks: Checks,
	{ client, server }: Pick<Stage, 'client' | 'server'>,
	what: string,
	sandboxes: readonly Sandbox[],
): Promise<void> {
	const keys = sandboxes.flatMap(({ settings }) => [settings.apiKey, settings.blockedApiKey]);
	const secrets = [...new Set([...keys, 'Bearer '])];
	const leaksIn = (name: string, bytes: Buffer): string[] =>
		secrets.filter((secret) => bytes.includes(secret)).map((secret) => `"${secret}" in ${name}`);
	const taskId = sandboxes[0]?.ledger.tasks.at(-1)?.id ?? '';

	await checks.run(`${what}: no key in the database, the files and the logs of n8n`, () => {
		const folder = join(server.userFolder, '.n8n');
		const files = [...filesIn(folder), server.logFile, server.detailedLogFile];
		const contents = files.map((file) => [relative(folder, file), readFileSync(file)] as const);
		expect(files.length >= leastFiles, `only ${files.length} files were found`);
		const database = contents.filter(([name]) => name.startsWith('database.sqlite'));
		// Finding what must be there shows that the scan reads the right thing.
		const hasTask = database.some(([, bytes]) => bytes.includes(taskId));
		expect(hasTask, `the database does not know task ${taskId}`);
		const leaks = contents.flatMap(([name, bytes]) => leaksIn(name, bytes));
		expect(leaks.length === 0, leaks.join('\n'));
	});

	await checks.run(`${what}: no key in the saved executions`, async () => {
		const ids = await client.listExecutions();
		expect(ids.length > 0, 'n8n lists no execution');
		const leaks: string[] = [];
		for (const id of ids) {
			const text = await client.readExecutionText(id);
			leaks.push(...leaksIn(`execution ${id}`, Buffer.from(text)));
		}
		expect(leaks.length === 0, leaks.join('\n'));
	});

	await checks.run(`${what}: the sandbox saw no key where none belongs`, () => {
		const leaks = sandboxes
			.flatMap(({ ledger }) => ledger.leakedKeys)
			.map(({ where, detail }) => `${where}: ${detail}`);
		expect(leaks.length === 0, leaks.join('\n'));
	});
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((file) => !relative(folder, file).startsWith(nodesFolder));
}
