import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '../checks';
import { expectSuccess, itemsFrom } from '../money/pictures';
import { addCredential, importExample, type ExampleStage } from './exampleStage';
import { runToEnd } from './executions';
import { startMailServer } from './mailServer';
import { startSftpServer } from './sftpServer';
import { expectSamePictures, picturesOfVendor } from './vendorPictures';

const pictureCount = 6;

/** The pictures are on the SFTP server and in the mail, byte for byte as the vendor has them. */
export async function checkSftpReport(example: ExampleStage): Promise<void> {
	const { client, sandbox } = example;
	const sftp = await startSftpServer();
	const mail = await startMailServer();
	await addCredential(example, { name: 'SFTP account', type: 'sftp', data: sftp.credential });
	await addCredential(example, { name: 'SMTP account', type: 'smtp', data: mail.credential });
	const workflow = await importExample(example, 'sftp-report.json');
	const execution = await runToEnd(client, workflow, 'Start');
	expectSuccess(execution);

	const pictures = await picturesOfVendor(itemsFrom(execution, 'Make images'));
	expect(pictures.size === pictureCount, `${pictures.size} pictures came out`);
	const folder = join(sftp.folder, 'images');
	const uploaded = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]);
	expectSamePictures('on the server', new Map(uploaded as Array<[string, Buffer]>), pictures);

	const [delivery, ...others] = mail.mailbox;
	expect(delivery !== undefined && others.length === 0, `${mail.mailbox.length} mails came`);
	const { from, to, mail: report } = delivery;
	expect(from === 'n8n@example.com', `the mail is from ${from}`);
	expect(to.join() === 'team@example.com', `the mail is to ${to.join()}`);
	expect(report.subject === `${pictureCount} new images`, `its subject is ${report.subject}`);
	const attached = report.attachments.map(
		({ filename, content }) => [filename ?? '', Buffer.from(content as ArrayBuffer)] as const,
	);
	expectSamePictures('in the mail', new Map(attached), pictures);
	const html = report.html ?? '';
	for (const { contentId } of report.attachments) {
		const source = `cid:${contentId?.replace(/^<|>$/g, '') ?? ''}`;
		expect(html.includes(`src="${source}"`), `the report does not show ${source}`);
	}
	for (const name of pictures.keys()) expect(html.includes(name), `it does not name ${name}`);
	const { charges } = sandbox.ledger;
	const charged = charges.reduce((sum, { amount }) => sum + amount, 0);
	expect(charges.length === pictureCount, `${charges.length} charges`);
	expect(html.includes(`for ${charged} credits`), `${charged} credits are not in it: ${html}`);
}
