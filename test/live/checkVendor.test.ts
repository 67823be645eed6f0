import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { sniffMediaType } from '../../nodes/NanoBanana/core/imageType';
import { vendors } from '../../nodes/NanoBanana/vendors';
import { testedVendor, testedVendors } from '../vendors';
import { conversationsOf, expectConversation } from '../contract/conversations';
import { startSandbox, type FaultName, type Sandbox } from '../sandbox';
import { checkVendor } from './command';
import { judge } from './judge';
import type { Assumption, Evidence } from './types';
import { liveVendors } from './vendors';

const apiKey = 'nbk_live_7Qm2Zx81Lp0Vt5Rw93Kd64';
const wrongKey = 'nbk_live_wrong_5Yh8Jc27Bn1Fs40';

let sandbox: Sandbox;
let folder: string;

beforeAll(async () => {
	sandbox = await startSandbox({ apiKey, taskDurationMs: 400, flatPictures: true });
});
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'nano-banana-live-'));
});
afterEach(() => {
	expect(sandbox.ledger.leakedKeys).toEqual([]);
	expect(sandbox.ledger.refusedRequests).toEqual([]);
	sandbox.reset();
	rmSync(folder, { recursive: true, force: true });
});
afterAll(async () => {
	await sandbox.close();
});

async function check(vendor: string, flags: readonly string[] = [], key: string = apiKey) {
	const lines: string[] = [];
	const exitCode = await checkVendor({
		parameters: [vendor, ...flags],
		environment: {
			NANO_BANANA_API_KEY: key,
			NANO_BANANA_BASE_URL: sandbox.baseUrl(vendor),
		},
		print: (line) => lines.push(line),
		pollIntervalMs: 100,
		timeoutMs: 10_000,
	});
	const output = lines.join('\n');
	expect(output).not.toContain(key);
	return { exitCode, output };
}

function savedFixtures(vendor: string): ReadonlyArray<readonly [string, string]> {
	return readdirSync(join(folder, vendor, 'fixtures')).map((name) => [
		name,
		readFileSync(join(folder, vendor, 'fixtures', name), 'utf8'),
	]);
}

it('knows every vendor of the registry, and only fields of the contract sheet', () => {
	expect(liveVendors.map(({ id }) => id)).toEqual(vendors.map(({ id }) => id));
	for (const { id, fields } of liveVendors) {
		const names = Object.values(fields)
			.flat()
			.map((path) => path.replace(/\[\]$/, '').split('.').at(-1)?.replace('[]', ''));
		const { answerFields } = testedVendor(id).facts;
		expect(names.filter((name) => !answerFields.includes(name!))).toEqual([]);
	}
});

describe.each(liveVendors.map((live) => [live.id, live] as const))('%s', (id, live) => {
	/** What no run against the sandbox can tell. */
	const untellable = live.assumptions.filter(
		({ check: how }) =>
			typeof how === 'string' || how.onlyAtVendor === true || how.at === 'pollRefused',
	);

	it('proves the key without spending anything', async () => {
		const { exitCode, output } = await check(id);

		expect(output).toContain('The key is good');
		expect(output).toContain('Nothing was spent.');
		expect(output).not.toContain('DID NOT HOLD');
		expect(output).toMatch(/HELD .*made-up key/);
		expect(output).toMatch(/NOT SEEN .*submit answers.* — needs --spend/);
		expect(exitCode).toBe(0);
		expect(sandbox.ledger.tasks).toEqual([]);
		expect(sandbox.ledger.charges).toEqual([]);
		expect(sandbox.ledger.requests.filter(({ verb }) => verb === 'submit')).toEqual([]);
	});

	it('buys one image with --spend, says its cost before, and every assumption holds', async () => {
		const { exitCode, output } = await check(id, ['--spend']);

		expect(output).not.toContain('DID NOT HOLD');
		expect(output.match(/^ {2}NOT SEEN/gm)).toHaveLength(untellable.length);
		expect(output.match(/^ {2}HELD/gm)).toHaveLength(live.assumptions.length - untellable.length);
		expect(output.indexOf(live.cost)).toBeGreaterThan(0);
		expect(output.indexOf(live.cost)).toBeLessThan(output.indexOf('took task'));
		expect(output).toMatch(/Downloaded without the key: image\/(png|webp), 1024 × 1024/);
		expect(exitCode).toBe(0);
		expect(sandbox.ledger.tasks).toMatchObject([{ resolution: '1K', aspectRatio: '1:1' }]);
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(sandbox.ledger.downloads).toHaveLength(1);
	});

	it('saves fixtures that the contract tests can read, without anything of the account', async () => {
		const { output } = await check(id, ['--spend', '--save', folder]);

		const fixtures = savedFixtures(id);
		const taskId = sandbox.ledger.tasks[0]!.id;
		expect(fixtures.map(([name]) => name)).toEqual(
			expect.arrayContaining(['live.submit.json', 'live.pollSucceeded.json']),
		);
		for (const [name, text] of fixtures) {
			expect(output).toContain(name);
			expect(text).not.toContain(apiKey);
			expect(text).not.toContain(taskId);
		}
		const vendor = vendors.find((each) => each.id === id)!;
		for (const [, written] of conversationsOf(id, join(folder, id, 'fixtures'))) {
			expectConversation(vendor, written);
		}
		const picture = readdirSync(folder).find((name) => name.startsWith(`${id}.`));
		expect(sniffMediaType(readFileSync(join(folder, picture ?? '')))).toBeDefined();
	});

	it('ends with a refused key, and asks nothing more', async () => {
		const { exitCode, output } = await check(id, ['--spend', '--save', folder], wrongKey);

		expect(exitCode).toBe(1);
		expect(output).toContain('refused the API key');
		expect(output).not.toContain('HELD ');
		expect(sandbox.ledger.requests).toHaveLength(1);
		for (const [, text] of savedFixtures(id)) expect(text).not.toContain(wrongKey);
	});

	it('reports an answer that breaks an assumption', async () => {
		sandbox.faults.add({ fault: 'created201', vendor: id });

		const { exitCode, output } = await check(id, ['--spend']);

		expect(exitCode).toBe(1);
		expect(output).toMatch(
			/DID NOT HOLD .*submit answers HTTP 200.* — HTTP 201 came instead of 200/,
		);
		// A client that reads tolerantly goes on all the same.
		expect(output).toContain('Downloaded without the key');
	});

	it.each<FaultName>(['keyEchoed', 'badGatewayHtml'])(
		'reports a submit that was answered with %s, and sends no second one',
		async (fault) => {
			sandbox.faults.add({ fault, vendor: id, verb: 'submit' });

			const { exitCode, output } = await check(id, ['--spend', '--save', folder]);

			expect(exitCode).toBe(1);
			expect(output).toMatch(/DID NOT HOLD .*submit answers HTTP 200/);
			expect(output).toContain('look at the vendor’s dashboard');
			expect(sandbox.ledger.requests.filter(({ verb }) => verb === 'submit')).toHaveLength(1);
			for (const [, text] of savedFixtures(id)) expect(text).not.toContain(apiKey);
		},
	);

	it('says that a task may exist where the answer to the submit was lost', async () => {
		sandbox.faults.add({ fault: 'droppedAfterTaken', vendor: id, verb: 'submit' });

		const { exitCode, output } = await check(id, ['--spend']);

		expect(exitCode).toBe(1);
		expect(output).toContain('A task may exist and be charged');
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	it('tells why a task failed', async () => {
		sandbox.faults.add({ fault: 'taskFails', vendor: id });

		const { exitCode, output } = await check(id, ['--spend']);

		expect(exitCode).toBe(1);
		expect(output).toContain('could not make the image');
		expect(output).toContain('— the task brought no picture');
	});

	it('names the task where the time is over', async () => {
		sandbox.faults.add({ fault: 'taskNeverEnds', vendor: id });
		const lines: string[] = [];

		const exitCode = await checkVendor({
			parameters: [id, '--spend'],
			environment: { NANO_BANANA_API_KEY: apiKey, NANO_BANANA_BASE_URL: sandbox.baseUrl(id) },
			print: (line) => lines.push(line),
			pollIntervalMs: 100,
			timeoutMs: 500,
		});

		expect(exitCode).toBe(1);
		expect(lines.join('\n')).toContain(`has not finished task ${sandbox.ledger.tasks[0]!.id}`);
	});

	it('says that nothing answers', async () => {
		const lines: string[] = [];

		const exitCode = await checkVendor({
			parameters: [id],
			environment: { NANO_BANANA_API_KEY: apiKey, NANO_BANANA_BASE_URL: 'http://127.0.0.1:9' },
			print: (line) => lines.push(line),
		});

		expect(exitCode).toBe(1);
		expect(lines.join('\n')).toContain('no answer came (ECONNREFUSED)');
	});
});

it.each(
	testedVendors.map(
		({ facts, live }) => [facts.id, live.finding.fault, live.finding.line] as const,
	),
)('%s: finds out %s', async (id, fault, line) => {
	sandbox.faults.add({ fault, vendor: id, times: 1 });

	const { exitCode, output } = await check(id, ['--spend']);

	expect(exitCode).toBe(1);
	expect(output).toMatch(new RegExp(`DID NOT HOLD .*${line.source}`));
});

it.each(
	testedVendors.flatMap(({ facts, live }) =>
		live.undocumented === undefined ? [] : [[facts.id, live.undocumented] as const],
	),
)('tells new fields of %s from documented ones', async (id, { came, missing }) => {
	const { output } = await check(id, ['--spend']);

	expect(output).toMatch(new RegExp(`new: +${came.join(', ')}`));
	expect(output).toMatch(new RegExp(`did not come: ${missing.join(', ')}`));
});

it('judges hosts at the vendor’s own address only', () => {
	const assumption: Assumption = {
		says: 'The result host is files.example',
		basis: 'seen',
		check: { at: 'download', values: { host: { value: 'files.example' } }, onlyAtVendor: true },
	};
	const evidenceOf = (isAtVendor: boolean): Evidence => ({
		isAtVendor,
		missing: 'needs --spend',
		exchanges: [
			{
				step: 'download',
				request: { method: 'GET', path: '/' },
				response: { status: 200, headers: {}, text: '', json: { host: 'other.example' } },
				durationMs: 1,
			},
		],
	});
	expect(judge(assumption, evidenceOf(true))).toMatchObject({
		verdict: 'did not hold',
		why: 'host is "other.example" instead of "files.example"',
	});
	expect(judge(assumption, evidenceOf(false)).verdict).toBe('not seen');
});

describe('the command', () => {
	const run = async (
		parameters: readonly string[],
		environment: Readonly<Record<string, string>> = {},
	) => {
		const lines: string[] = [];
		const exitCode = await checkVendor({
			parameters,
			environment,
			print: (line) => lines.push(line),
		});
		return { exitCode, output: lines.join('\n') };
	};

	const [first = '', second = ''] = vendors.map(({ id }) => id);

	it.each<[readonly string[], Readonly<Record<string, string>>, RegExp]>([
		[[], {}, /^Checks with a real key/],
		[['--help'], {}, /^Checks with a real key/],
		[['midjourney'], {}, /^There is no such vendor/],
		[[first], {}, /^NANO_BANANA_API_KEY is not set/],
		[[first, second], {}, /^One vendor at a time/],
		[[first, '--buy'], {}, /--buy/],
		[
			[first],
			{ NANO_BANANA_API_KEY: apiKey, NANO_BANANA_BASE_URL: 'nowhere' },
			/^NANO_BANANA_BASE_URL is no web address/,
		],
	])('answers %j with its usage', async (parameters, environment, start) => {
		const { exitCode, output } = await run(parameters, environment);

		expect(output).toMatch(start);
		expect(output).toContain('npm run check:vendor -- <vendor> [--spend] [--save <folder>]');
		expect(output).not.toContain(apiKey);
		expect(exitCode).toBe(parameters.includes('--help') ? 0 : 1);
		expect(sandbox.ledger.requests).toEqual([]);
	});

	it('runs as a script with the key from the environment', async () => {
		const { id } = vendors[0]!;
		const script = join(__dirname, '..', '..', 'scripts', 'check-vendor.mjs');
		const { stdout, stderr } = await promisify(execFile)(
			process.execPath,
			[script, testedVendor(id).sandbox.folder],
			{
				env: {
					...process.env,
					NODE_OPTIONS: '',
					NANO_BANANA_API_KEY: apiKey,
					NANO_BANANA_BASE_URL: sandbox.baseUrl(id),
				},
			},
		);

		expect(stdout).toContain('Everything that was seen is as expected. Nothing was spent.');
		expect(stdout + stderr).not.toContain(apiKey);
		expect(sandbox.ledger.charges).toEqual([]);
	});
});
