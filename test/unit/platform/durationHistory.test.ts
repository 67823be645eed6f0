import { Workflow, type IDataObject, type IExecuteFunctions, type INode } from 'n8n-workflow';

import { openDurationHistory } from '../../../nodes/NanoBanana/platform/durationHistory';

const node = { id: 'node', name: 'Nano Banana', type: 'test', parameters: {} } as unknown as INode;
const kind = 'vendor generate model 1K';
const otherKind = 'vendor generate model 4K';

/** Twenty tasks between ten and twenty seconds. */
const usual = Array.from({ length: 20 }, (_, index) => 10_000 + Math.round((index * 10_000) / 19));

/** n8n's own static data of a workflow, as an execution finds it. */
function staticDataWith(kinds: IDataObject) {
	const workflow = new Workflow({
		nodes: [],
		connections: {},
		active: true,
		nodeTypes: {} as never,
		staticData: {
			'node:Nano Banana': { taskDurationsMs: asSaved(kinds) },
			'node:Poll': { cursor: 1 },
		},
	});
	return {
		open: () =>
			openDurationHistory({
				getWorkflowStaticData: () => workflow.getStaticData('node', node),
			} as unknown as IExecuteFunctions),
		/** Whether n8n saves it. */
		hasChanged: () => workflow.staticData.__dataChanged === true,
		kinds: () => asSaved(workflow.getStaticData('node', node).taskDurationsMs as IDataObject),
	};
}

/** As it is in the database. */
function asSaved(data: IDataObject): IDataObject {
	return JSON.parse(JSON.stringify(data)) as IDataObject;
}

/** What an execution leaves behind whose tasks of a kind took as long as given. */
function after(earlierMs: number[] | undefined, tookMs: readonly number[]) {
	const staticData = staticDataWith(earlierMs === undefined ? {} : { [kind]: earlierMs });
	const history = staticData.open();
	for (const ms of tookMs) history.of(kind).add(ms);
	history.save();
	return staticData;
}

describe('the static data of the workflow', () => {
	it.each([
		['are like the others', usual, [15_000]],
		['are many like the others', usual, usual],
		['are at the edge of what is usual', usual, [10_000, 20_000]],
		['are a little shorter and longer than ever', usual, [9_800, 20_200]],
		['all failed, so none took any time', usual, [Number.NaN]],
		['are the first ones, and failed', undefined, [Number.NaN]],
		['did not exist', usual, []],
	])('stays untouched when the tasks of an execution %s', (_name, earlierMs, tookMs) => {
		const staticData = after(earlierMs, tookMs);
		expect(staticData.hasChanged()).toBe(false);
		expect(staticData.kinds()).toEqual(earlierMs === undefined ? {} : { [kind]: earlierMs });
	});

	it.each([
		['are the first of their kind', undefined, [15_000]],
		['are the second, so that nobody knows yet where they lie', [15_000], [15_000]],
		['are the third', [15_000, 16_000], [15_500]],
		['tell much better where they lie', [10_000, 15_000, 20_000], [12_000, 17_000]],
		['reach further than the others', usual, [22_500]],
		['are shorter than the others', usual, [8_500]],
		['replace the old ones, which took longer', usual, Array<number>(40).fill(11_000)],
		['replace the old ones, which were shorter', usual, Array<number>(40).fill(19_000)],
		['let the only short one be forgotten', [7_000, ...usual, ...usual.slice(1)], [15_000]],
		['let the only long one be forgotten', [23_000, ...usual, ...usual.slice(1)], [15_000]],
		['are outliers, which may be the new habit', usual, [60_000]],
		['are outliers to the other side', usual, [1_000]],
	])('is changed when the tasks of an execution %s', (_name, earlierMs, tookMs) => {
		const staticData = after(earlierMs, tookMs);
		expect(staticData.hasChanged()).toBe(true);
		expect(staticData.kinds()).toEqual({
			[kind]: [...(earlierMs ?? []), ...tookMs].slice(-40),
		});
	});

	it('follows a vendor that has become slower, one task in each execution', () => {
		let kept = usual;
		for (let execution = 0; execution < 40; execution++) {
			kept = after(kept, [60_000]).kinds()[kind] as number[];
		}
		const span = staticDataWith({ [kind]: kept })
			.open()
			.of(kind)
			.span();
		expect(span?.latestMs).toBeGreaterThan(60_000);
	});

	it('keeps what else was read where one kind has news', () => {
		const staticData = staticDataWith({ [kind]: usual, [otherKind]: usual, third: usual });
		const history = staticData.open();
		history.of(kind).add(60_000);
		history.of(otherKind).add(15_000);
		history.save();
		expect(staticData.kinds()).toEqual({
			third: usual,
			[kind]: [...usual, 60_000],
			[otherKind]: [...usual, 15_000],
		});
	});
});
