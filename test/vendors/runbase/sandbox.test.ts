import { startSandbox, type Sandbox } from '../../sandbox';
import { getTask, submit, taskIdOf } from '../../sandbox/client';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox({ flatPictures: true });
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

it('limits requests where it is told to', async () => {
	sandbox.settings.requestLimits.runbase = { requests: 2, windowMs: 10_000 };
	const id = taskIdOf('runbase', await submit(sandbox, 'runbase'));
	expect((await getTask(sandbox, 'runbase', id)).status).toBe(200);
	const third = await getTask(sandbox, 'runbase', id);
	expect(third).toMatchObject({ status: 429, json: { error: { code: 'RATE_LIMITED' } } });
});

it.each([
	[{}, 'missing_model'],
	[{ model: 'google/nano-banana-pro' }, 'missing_input'],
	[{ model: 'google/veo', input: { prompt: 'x' } }, 'model_not_found'],
	[{ model: 'google/nano-banana-pro', input: {} }, 'invalid_input'],
	[{ model: 'google/nano-banana', input: { prompt: 'x', resolution: '1K' } }, 'invalid_input'],
])('refuses %j as %s', async (body, code) => {
	const answer = await submit(sandbox, 'runbase', '', { body });
	expect(answer).toMatchObject({ status: 400, json: { error: { code } } });
});
