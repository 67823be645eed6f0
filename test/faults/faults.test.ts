import '../engine/harness/environment';

import { startInstance, type Instance } from '../engine/harness/instance';
import { picture } from '../engine/harness/pictures';
import { faultNames, vendorIds, verbs } from '../sandbox';
import { allCells, expectedSeconds, nameOf, type Cell } from './cells';
import { coreVersion } from './coreVersion';
import { expectations } from './expectations';
import type { Verdict } from './judge';
import { renderMatrix, totalsOf } from './matrix';
import { captureLog } from './n8nLog';
import { shortenPatience } from './patience';
import { startAll } from './pool';
import { runCell, type Surroundings } from './runCell';

/** Most of them sleep most of the time. Scaled time makes that short, so fewer keep a core busy. */
const cellsAtOnce = process.env.TIME_SCALE === '1' ? 200 : 30;

/** Parts of the names of the cells to run, with commas between them; absent: all of them. */
const only = process.env.FAULT_CELLS?.split(',');
const cells = allCells().filter(
	(cell) => only?.some((part) => nameOf(cell).includes(part)) ?? true,
);

let instance: Instance;
let verdicts: ReadonlyMap<Cell, Promise<Verdict>>;

beforeAll(async () => {
	shortenPatience();
	instance = await startInstance();
	const surroundings: Surroundings = {
		log: captureLog(),
		restApiUrl: instance.restApiUrl,
		reference: await picture(),
	};
	const longestFirst = [...cells].sort(
		(one, other) => expectedSeconds(other) - expectedSeconds(one),
	);
	verdicts = startAll(longestFirst, cellsAtOnce, (cell) => runCell(cell, surroundings));
});

afterAll(async () => {
	const results = await Promise.allSettled([...verdicts.values()]);
	const judged = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
	process.stdout.write(renderMatrix(`n8n-core ${coreVersion}`, judged));
	await instance.close();
});

it('has a row for every fault that the sandbox knows, and no other', () => {
	expect(Object.keys(expectations).sort()).toEqual([...faultNames].sort());
});

describe.each(vendorIds)('%s', (vendor) => {
	describe.each(verbs)('%s', (verb) => {
		const faults = faultNames.filter((fault) =>
			cells.some((cell) => cell.vendor === vendor && cell.verb === verb && cell.fault === fault),
		);
		if (faults.length === 0) return;
		it.each(faults)('%s', async (fault) => {
			const struck = cells.filter(
				(cell) => cell.vendor === vendor && cell.verb === verb && cell.fault === fault,
			);
			const results = await Promise.all(struck.flatMap((cell) => verdicts.get(cell) ?? []));
			const wrong = results
				.filter(({ problems }) => problems.length > 0)
				.map(({ cell, problems }) => `${nameOf(cell)}: ${problems.join('; ')}`);
			expect(wrong).toEqual([]);
		});
	});
});

it('loses no paid task, buys none twice and shows no key', async () => {
	const totals = totalsOf(await Promise.all([...verdicts.values()]));
	expect(totals).toMatchObject({ cells: cells.length, lost: 0, duplicates: 0, keysOutside: 0 });
});
