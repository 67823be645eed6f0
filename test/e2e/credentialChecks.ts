import type { Sandbox } from '../sandbox';
import type { DemoNode } from '../server/demoWorkflow';
import { findFreePort } from '../server/freePort';
import type { CredentialTest } from '../server/n8nClient';
import { sandboxCredential, type Stage } from '../server/stage';
import { expect, type Checks } from './checks';

export const badKey = 'not-the-sandbox-key';

/** Tests every credential over the call that the editor makes, with a good and a bad key and a host that is down. */
export async function checkCredentials(
	checks: Checks,
	stage: Stage,
	sandbox: Sandbox,
): Promise<void> {
	const downUrl = `http://127.0.0.1:${await findFreePort()}`;
	for (const node of stage.nodes) {
		const good = sandboxCredential(sandbox, node);
		const say = (what: string): string =>
			`n8n ${stage.server.version}: ${node.credentialType} ${what}`;

		await checks.run(say('with a good key is connected'), async () => {
			const result = await test(stage, node, good);
			expect(result.status === 'OK', `answered ${result.status}: ${result.message}`);
		});
		await checks.run(say('with a bad key says that the key was refused'), async () => {
			const result = await test(stage, node, { ...good, apiKey: badKey });
			expect(result.status === 'Error', `answered ${result.status}`);
			expect(
				/refused|not accept/i.test(result.message) && /key/i.test(result.message),
				`said: ${result.message}`,
			);
		});
		await checks.run(say('with a host that is down says so'), async () => {
			const result = await test(stage, node, { ...good, baseUrl: downUrl });
			expect(result.status === 'Error', `answered ${result.status}`);
			expect(
				/refused the connection|ECONNREFUSED|could not be reached|not be reached|offline/i.test(
					result.message,
				),
				`said: ${result.message}`,
			);
		});
	}
}

async function test(
	stage: Stage,
	node: DemoNode,
	data: Record<string, string>,
): Promise<CredentialTest> {
	const id = stage.credentialIds.get(node.credentialType);
	expect(id !== undefined, `no credential of type ${node.credentialType} was created`);
	return stage.client.testCredential(id, {
		name: node.credentialName,
		type: node.credentialType,
		data,
	});
}
