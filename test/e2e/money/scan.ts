import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Sandbox } from '../../sandbox';
import { expect, type Checks } from '../checks';
import type { MoneyStage } from './moneyStage';

/** The package itself lies there, and its own code may say `Bearer`. */
const nodesFolder = 'nodes';
const leastFiles = 3;

/** Looks for keys in all that n8n has written: database, logs, events, binary data, executions. */
export async function scanForKeys(
	checks: Checks,
	money: MoneyStage,
	others: readonly Sandbox[],
): Promise<void> {
	const { client, sandbox, server } = money;
	const keys = [sandbox, ...others].flatMap(({ settings }) => [
		settings.apiKey,
		settings.blockedApiKey,
	]);
	const secrets = [...new Set([...keys, 'Bearer '])];
	const leaksIn = (name: string, bytes: Buffer): string[] =>
		secrets.filter((secret) => bytes.includes(secret)).map((secret) => `"${secret}" in ${name}`);
	const taskId = sandbox.ledger.tasks.at(-1)?.id ?? '';

	await checks.run('money: no key in the database, the files and the logs of n8n', () => {
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

	await checks.run('money: no key in the saved executions', async () => {
		const ids = await client.listExecutions();
		expect(ids.length > 0, 'n8n lists no execution');
		const leaks: string[] = [];
		for (const id of ids) {
			const text = await client.readExecutionText(id);
			leaks.push(...leaksIn(`execution ${id}`, Buffer.from(text)));
		}
		expect(leaks.length === 0, leaks.join('\n'));
	});

	await checks.run('money: the sandbox saw no key where none belongs', () => {
		const leaks = sandbox.ledger.leakedKeys.map(({ where, detail }) => `${where}: ${detail}`);
		expect(leaks.length === 0, leaks.join('\n'));
	});
}

function filesIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((file) => !relative(folder, file).startsWith(nodesFolder));
}
