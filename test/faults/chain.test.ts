import '../engine/harness/environment';

import type { INodeExecutionData } from 'n8n-workflow';

import { chainWorkflow, ifAfter } from '../engine/harness/chain';
import { runSaved } from '../engine/harness/runSaved';
import { credentialFor } from '../engine/harness/vendors';
import {
	faultApplies,
	faultNames,
	startSandbox,
	vendorIds,
	type FaultName,
	type Sandbox,
	type VendorId,
} from '../sandbox';
import { arrangementFor } from './arrangements';
import { pollInterval, shortenPatience } from './patience';
import { startAll } from './pool';

/**
 * Three vendors in a chain with an IF on `retryElsewhere` between them, and every fault that the first
 * one can have at a submit or at a poll; the second one has it too, where it can. However it ends, no
 * picture is paid at two vendors.
 */

const verbs = ['submit', 'getTask'] as const;
const chainsAtOnce = 100;
const timeoutSeconds = 120;

interface Cell {
	readonly vendor: VendorId;
	readonly verb: (typeof verbs)[number];
	readonly fault: FaultName;
}

interface Ending {
	/** The vendors that kept money for the prompt, once for each task. */
	readonly paidAt: readonly VendorId[];
	/** The vendors that made the picture: none or one. */
	readonly madeBy: readonly VendorId[];
	/** The vendors whose failure the IF did not let go elsewhere, or the last one. */
	readonly endedAt: readonly VendorId[];
	readonly leakedKeys: number;
}

const cells: readonly Cell[] = vendorIds.flatMap((vendor) =>
	verbs.flatMap((verb) =>
		faultNames
			.filter((fault) => faultApplies(fault, vendor, verb))
			.map((fault) => ({ vendor, verb, fault })),
	),
);

let endings: ReadonlyMap<Cell, Promise<Ending>>;

beforeAll(() => {
	shortenPatience();
	endings = startAll(cells, chainsAtOnce, runCell);
});

afterAll(async () => {
	await Promise.allSettled([...endings.values()]);
});

async function runCell({ vendor, verb, fault }: Cell): Promise<Ending> {
	const { settings, specification, companion } = arrangementFor(fault);
	const sandbox = await startSandbox({ taskDurationMs: 150, flatPictures: true, ...settings });
	try {
		const position = vendorIds.indexOf(vendor);
		const chain = [0, 1, 2].map(
			(step) => vendorIds[(position + step) % vendorIds.length] as VendorId,
		);
		for (const id of chain.slice(0, 2)) {
			if (!faultApplies(fault, id, verb)) continue;
			if (companion !== undefined)
				sandbox.faults.add({ vendor: id, verb: 'submit', fault: companion });
			sandbox.faults.add({ vendor: id, verb, fault, ...specification });
		}
		return await endingOf(sandbox, chain);
	} finally {
		await sandbox.close();
	}
}

async function endingOf(sandbox: Sandbox, chain: readonly VendorId[]): Promise<Ending> {
	const credentials = Object.assign(
		{},
		...chain.map((id) => credentialFor(sandbox, id)),
	) as ReturnType<typeof credentialFor>;
	const nodes = await runSaved(
		chainWorkflow({
			vendors: chain,
			hasIf: true,
			parameters: { options: { timeout: timeoutSeconds, pollInterval } },
		}),
		{ credentials, items: [{ json: { prompt: 'A banana' } }] },
	);
	const found = (name: string, output: 'items' | 'otherItems'): readonly INodeExecutionData[] =>
		nodes.get(name)?.[output] ?? [];
	const last = chain.at(-1) as VendorId;
	return {
		paidAt: sandbox.ledger.tasks.flatMap(({ id, vendor }) => (isKept(sandbox, id) ? vendor : [])),
		madeBy: chain.filter((id) => found(id, 'items').length > 0),
		endedAt: chain.filter((id) => {
			const where = id === last ? id : ifAfter(id);
			return found(where, 'otherItems').length > 0;
		}),
		leakedKeys: sandbox.ledger.leakedKeys.length,
	};
}

/** Whether the vendor has charged a task and kept some of it. */
function isKept({ ledger }: Sandbox, id: string): boolean {
	const sum = (records: typeof ledger.charges) =>
		records.filter(({ taskId }) => taskId === id).reduce((total, { amount }) => total + amount, 0);
	return sum(ledger.charges) > sum(ledger.refunds);
}

describe.each(vendorIds)('%s first', (vendor) => {
	it.each(cells.filter((cell) => cell.vendor === vendor))('$fault at $verb', async (cell) => {
		const ending = await (endings.get(cell) as Promise<Ending>);
		// One end, and money for one picture at most.
		expect([...ending.madeBy, ...ending.endedAt]).toHaveLength(1);
		expect(ending.paidAt.length).toBeLessThanOrEqual(1);
		// A picture is paid where it was made.
		if (ending.madeBy.length > 0) expect(ending.paidAt).toEqual(ending.madeBy);
		expect(ending.leakedKeys).toBe(0);
	});
});

it.each<readonly [FaultName, number]>([
	['taskFails', 2],
	['insufficientCredit', 2],
	['unauthorized', 2],
	['taskModerated', 0],
	['droppedAfterTaken', 0],
	['taskNeverEnds', 0],
])('%s at a submit of the second vendor leads to vendor %i of the chain', async (fault, step) => {
	const cell = cells.find(
		(each) => each.vendor === vendorIds[1] && each.verb === 'submit' && each.fault === fault,
	);
	const { madeBy, endedAt } = await (endings.get(cell as Cell) as Promise<Ending>);
	const end = vendorIds[1 + step];
	expect({ madeBy, endedAt }).toEqual(
		step === 2 ? { madeBy: [end], endedAt: [] } : { madeBy: [], endedAt: [end] },
	);
});
