import { request } from 'undici';
import { nodeType } from '../server/demoWorkflow';
import type { Stage } from '../server/stage';
import { operations } from '../../nodes/NanoBanana/operations';
import { expect, type Checks } from './checks';

/** The editor asks for the fields of a step that has never run, and gets them from the packed package. */
export async function checkSchemas(checks: Checks, { server }: Stage): Promise<void> {
	const asked = [
		...operations.map(({ resource, operation }) => `${nodeType}/1.0.0/${resource}/${operation}`),
		`${nodeType}Trigger/1.0.0`,
	];
	await checks.run(`n8n ${server.version}: knows the fields before the first run`, async () => {
		for (const path of asked) {
			const { statusCode, body } = await request(`${server.url}/schemas/${path}.json`);
			const text = await body.text();
			expect(statusCode === 200, `${path} was answered ${statusCode}`);
			expect(text.includes('"vendor"'), `${path} is ${text.slice(0, 200)}`);
		}
	});
}
