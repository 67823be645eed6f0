import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesFolderOf } from '../../server/n8nEnvironment';
import { projectFolder } from '../../server/paths';
import { readPicture } from '../../server/picture';
import { expect } from '../checks';
import { expectSuccess } from '../money/pictures';
import { importExample, type ExampleStage } from './exampleStage';
import { runToEnd } from './executions';

const ratios = ['1:1', '4:5', '9:16'] as const;
const productCount = 3;
const pictureCount = productCount * ratios.length;
/** Vendors round to their own pixel sizes. */
const ratioTolerance = 0.03;

/** The sheet's pictures are on disk in all three formats, and the report has a line for each. */
export async function checkSheet(example: ExampleStage): Promise<void> {
	const { client, sandbox, server } = example;
	const folder = filesFolderOf(server.userFolder);
	mkdirSync(folder, { recursive: true });
	copyFileSync(join(projectFolder, 'examples', 'products.csv'), join(folder, 'products.csv'));
	const workflow = await importExample(example, 'sheet.json', {
		'/home/node/.n8n-files': folder,
	});
	expectSuccess(await runToEnd(client, workflow, 'Start'));

	const report = readFileSync(join(folder, 'report.csv'), 'utf8').trim();
	const [head, ...lines] = report.split(/\r?\n/);
	expect(head?.replace('\uFEFF', '') === 'product,ratio,file,cost,unit', `its head is ${head}`);
	expect(lines.length === pictureCount, `the report has ${lines.length} lines:\n${report}`);
	let costs = 0;
	for (const line of lines) {
		const [product = '', ratio = '', file = '', cost = '', unit = ''] = line.split(',');
		const { width, height } = await readPicture(readFileSync(join(folder, file)));
		const [across = 0, down = 0] = ratio.split(':').map(Number);
		const isAsked = Math.abs(width / height / (across / down) - 1) < ratioTolerance;
		expect(isAsked, `${file} is ${width} × ${height}, not ${ratio}`);
		expect(file.startsWith(product), `a picture of ${product} is called ${file}`);
		expect(unit === 'credits' && Number(cost) > 0, `${file} cost ${cost} ${unit}`);
		costs += Number(cost);
	}
	const files = new Set(lines.map((line) => line.split(',')[2]));
	expect(files.size === pictureCount, `the report names ${files.size} files`);
	const onDisk = readdirSync(folder, { withFileTypes: true }).filter(
		(entry) => entry.isFile() && !entry.name.endsWith('.csv'),
	);
	expect(onDisk.length === pictureCount, `${onDisk.length} pictures are on disk`);

	const { tasks, charges } = sandbox.ledger;
	for (const ratio of ratios) {
		const { length } = tasks.filter(({ aspectRatio }) => aspectRatio === ratio);
		expect(length === productCount, `${length} tasks were of ${ratio}`);
	}
	expect(charges.length === pictureCount, `${charges.length} charges`);
	const charged = charges.reduce((sum, { amount }) => sum + amount, 0);
	expect(charged === costs, `${charged} credits were charged, the report says ${costs}`);
}
