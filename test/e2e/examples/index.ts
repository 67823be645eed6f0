import type { Stage } from '../../server/stage';
import type { SandboxOptions } from '../../sandbox';
import type { Checks } from '../checks';
import { checkAgent } from './agent';
import { openExampleStage, type ExampleStage } from './exampleStage';

interface Example {
	file: string;
	what: string;
	settings: SandboxOptions;
	check: (example: ExampleStage) => Promise<void>;
}

const usual = { taskDurationMs: 1_500 } as const;

const examples: readonly Example[] = [
	{
		file: 'agent.json',
		what: 'an agent makes a picture and gives its address, and tells why there is none',
		settings: usual,
		check: checkAgent,
	},
];

/** Imports every file of `examples/` as people do and runs it, all of them at the same time. */
export async function checkExamples(checks: Checks, stage: Stage): Promise<void> {
	const imported = new Map<string, string>();
	await Promise.all(
		examples.map(async ({ file, what, settings, check }) => {
			await checks.run(`examples/${file}: ${what}`, async () => {
				const example = await openExampleStage(stage, settings, (name, id) =>
					imported.set(name, id),
				);
				try {
					await check(example);
				} finally {
					await example.sandbox.close();
				}
			});
		}),
	);
}
