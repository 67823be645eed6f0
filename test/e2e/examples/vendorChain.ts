import { z } from 'zod';
import { vendorIds } from '../../sandbox';
import { nodeType } from '../../server/demoWorkflow';
import { expect } from '../checks';
import { expectPicture, expectSuccess, itemsFrom } from '../money/pictures';
import { importExample, type ExampleStage } from './exampleStage';
import { runToEnd } from './executions';

const chainLength = 3;
const attempted = z.object({
	attempts: z.array(z.object({ vendor: z.string(), code: z.string() })),
});

/** The first two vendors refuse each picture, the third makes it, and nobody else is paid. */
export async function checkVendorChain(example: ExampleStage): Promise<void> {
	const { client, sandbox } = example;
	const workflow = await importExample(example, 'vendor-chain.json');
	const start = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.manualTrigger');
	expect(start !== undefined, 'it has no manual trigger');
	const makers = workflow.nodes
		.filter(({ type }) => type === nodeType)
		.sort((one, other) => leftOf(one) - leftOf(other))
		.map(({ name, parameters }) => ({
			name,
			vendor: z
				.string()
				.refine((id) => vendorIds.includes(id))
				.parse(parameters['vendor']),
		}));
	const vendors = makers.map(({ vendor }) => vendor);
	expect(new Set(vendors).size === chainLength, `its vendors are ${vendors.join(', ')}`);
	const [first, second, third] = makers;
	expect(first !== undefined && second !== undefined && third !== undefined, 'too few nodes');
	sandbox.faults.add({ fault: 'insufficientCredit', vendor: first.vendor });
	sandbox.faults.add({ fault: 'unauthorized', verb: 'submit', vendor: second.vendor });

	const execution = await runToEnd(client, workflow, start.name);
	expectSuccess(execution);
	const items = itemsFrom(execution, third.name);
	expect(items.length > 0, `no picture came out of ${third.name}`);
	for (const item of items) {
		await expectPicture(client, item);
		const { attempts } = attempted.parse(item.json);
		const refusals = attempts.map(({ vendor, code }) => `${vendor} ${code}`).join(', ');
		const wanted = `${first.vendor} insufficientCredit, ${second.vendor} authentication`;
		expect(refusals === wanted, `the picture tells of these refusals: ${refusals}`);
	}
	const { charges } = sandbox.ledger;
	expect(charges.length === items.length, `${charges.length} charges, ${items.length} pictures`);
	expect(
		charges.every(({ vendor }) => vendor === third.vendor),
		`paid were ${charges.map(({ vendor }) => vendor).join(', ')}`,
	);
}

function leftOf(node: Readonly<Record<string, unknown>>): number {
	return z.tuple([z.number(), z.number()]).parse(node['position'])[0];
}
