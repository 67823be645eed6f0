import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { atTheEnd } from '../../server/endings';

export interface MailServer {
	/** What n8n's SMTP credential holds. */
	credential: Record<string, string | number | boolean>;
	/** The mail that has come, read anew from its bytes. */
	mailbox: Delivery[];
}

export interface Delivery {
	from: string;
	to: string[];
	mail: Email;
}

const user = 'n8n';
const password = 'mail-password';

/** Starts a mail server on a free port of the loopback, which keeps what a signed-in sender brings. */
export async function startMailServer(): Promise<MailServer> {
	const mailbox: Delivery[] = [];
	const server = new SMTPServer({
		// There is no certificate for the loopback.
		disabledCommands: ['STARTTLS'],
		allowInsecureAuth: true,
		onAuth: (given, _session, answer) => {
			if (given.username === user && given.password === password) answer(null, { user });
			else answer(new Error('Wrong user name or password'));
		},
		onData: (stream, { envelope }, answer) => {
			const parts: Buffer[] = [];
			stream.on('data', (part: Buffer) => parts.push(part));
			stream.once('end', () => {
				const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
				const to = envelope.rcptTo.map(({ address }) => address);
				PostalMime.parse(Buffer.concat(parts)).then(
					(mail) => {
						mailbox.push({ from, to, mail });
						answer();
					},
					(error: unknown) => answer(error instanceof Error ? error : new Error(String(error))),
				);
			});
		},
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	atTheEnd(() => new Promise<void>((resolve) => server.close(resolve)));
	const { port } = server.server.address() as AddressInfo;
	return {
		credential: {
			user,
			password,
			host: '127.0.0.1',
			port,
			secure: false,
			disableStartTls: true,
			hostName: 'n8n.example.com',
		},
		mailbox,
	};
}
