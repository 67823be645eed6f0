import { Scrubber } from './scrub';
import { cutFromJson, keyCutter } from './secrets';

const key = 'sk-live+A1b2C3d4/E5f6G7h8';

describe('keyCutter', () => {
	const cut = keyCutter(key);

	it.each([
		['the key', key],
		['the key in a header', `Bearer ${key}`],
		['the key in a URL', encodeURIComponent(key)],
		['the key as base64', Buffer.from(key).toString('base64').replace(/=/g, '')],
		['the key as hex', Buffer.from(key).toString('hex')],
		['the start of the key', key.slice(0, 14)],
		['the end of the key', key.slice(-12)],
		['the key twice', key + key],
	])('cuts out %s', (_name, form) => {
		const result = cut(`before ${form} after`);

		expect(result).toMatch(/^before .*…+ after$/);
		for (let start = 0; start + 10 <= key.length; start++) {
			expect(result).not.toContain(key.slice(start, start + 10));
		}
	});

	it('leaves other text alone', () => {
		expect(cut('SkillBoss took task 3f2a, sk-live is fine')).toBe(
			'SkillBoss took task 3f2a, sk-live is fine',
		);
	});

	it('reaches every text of a JSON value', () => {
		const value = { [key]: [{ message: `Bad key ${key}`, code: 1 }], none: null };

		expect(cutFromJson(value, cut)).toEqual({
			'…': [{ message: 'Bad key …', code: 1 }],
			none: null,
		});
	});

	it('finds a key of few characters too', () => {
		expect(keyCutter('abc123')('the key abc123 is wrong')).toBe('the key … is wrong');
	});
});

describe('Scrubber', () => {
	it('gives an id another form of its kind, the same one everywhere', () => {
		const scrubber = new Scrubber();
		const body = {
			request_id: 'c546520207fb4b68b0adce825f9dcf6d',
			status_url: 'https://api.example/status/c546520207fb4b68b0adce825f9dcf6d',
			data: { taskId: 'task_nano-banana-pro_1765178625768', model: 'nano-banana-pro' },
		};
		scrubber.learn(body);

		const scrubbed = scrubber.scrub(body) as typeof body;

		expect(scrubbed.request_id).toMatch(/^[0-9a-f]{32}$/);
		expect(scrubbed.request_id).not.toBe(body.request_id);
		expect(scrubbed.status_url).toBe(`https://api.example/status/${scrubbed.request_id}`);
		expect(scrubbed.data.taskId).toMatch(/^task_nano-banana-pro_\d{13}$/);
		expect(scrubbed.data.taskId).not.toBe(body.data.taskId);
		expect(scrubbed.data.model).toBe('nano-banana-pro');
	});

	it.each([
		[
			'https://files.example/a.png?Expires=1&Signature=abc',
			'https://files.example/a.png?Expires=scrubbed&Signature=scrubbed',
		],
		['write to jane.doe+x@mail.example.org', 'write to someone@example.com'],
		['your address 203.0.113.77 is not allowed', 'your address 192.0.2.1 is not allowed'],
		[
			'{"urls":["https://f.example/x.png?sig=1"]}',
			'{"urls":["https://f.example/x.png?sig=scrubbed"]}',
		],
		['google/gemini-3-pro-image costs 40000', 'google/gemini-3-pro-image costs 40000'],
	])('makes of %j', (text, expected) => {
		expect(new Scrubber().text(text)).toBe(expected);
	});

	it.each(['9a7b2c3d-1e4f-4a5b-8c6d-7e8f9a0b1c2d', 'tok7Hs9Kd0Qw2Zx4Vb6'])(
		'disguises %s wherever it stands',
		(token) => {
			const scrubbed = new Scrubber().text(`https://files.example/${token}/image.png`);
			expect(scrubbed).not.toContain(token);
			expect(scrubbed).toMatch(/^https:\/\/files\.example\/[\w-]+\/image\.png$/);
			expect(scrubbed).toHaveLength(`https://files.example/${token}/image.png`.length);
		},
	);

	it('takes out whose account it is', () => {
		expect(new Scrubber().scrub({ userName: 'jane', email: 'j@x.example', state: 'ok' })).toEqual({
			userName: 'scrubbed',
			email: 'scrubbed',
			state: 'ok',
		});
	});
});
