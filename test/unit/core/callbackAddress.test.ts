import { refusalOfCallbackUrl } from '../../../nodes/NanoBanana/core/callbackAddress';
import { vendors } from '../../../nodes/NanoBanana/vendors';

const publicBase = 'https://api.example.com/v1';
const localBases = [
	'http://127.0.0.1:4870/relay',
	'http://localhost:4870',
	'http://[::1]:4870',
	'http://192.168.1.20',
	'http://relay.internal',
];
const calling = vendors.filter(({ callback }) => callback !== undefined);
const silent = vendors.filter(({ callback }) => callback === undefined);

it('is known of both kinds of vendors, or the tests below would be about none', () => {
	expect(calling.length).toBeGreaterThan(1);
	expect(silent.length).toBeGreaterThan(0);
});

describe.each(calling.map((vendor) => [vendor.displayName, vendor] as const))(
	'%s',
	(displayName, vendor) => {
		it.each([
			'https://n8n.example.com/webhook-waiting/1?signature=a',
			'https://n8n.example.com:8443/webhook/one',
			'https://203.0.113.7/webhook/one',
			'HTTPS://N8N.EXAMPLE.COM',
		])('can call %s', (address) => {
			expect(refusalOfCallbackUrl(address, vendor, publicBase)).toBeUndefined();
		});

		it.each([
			'https://localhost:5678/webhook-waiting/1',
			'http://localhost:5678/webhook-waiting/1',
			'http://127.0.0.1:5678/',
			'https://[::1]:5678/',
			'https://10.0.0.7/',
			'https://172.20.0.2/',
			'https://192.168.1.20/',
			'https://n8n.local/',
			'http://n8n:5678/webhook-waiting/1',
			'http://169.254.169.254/',
			'https://metadata.google.internal/',
		])('cannot call %s, and says so before anything is bought', (address) => {
			const refusal = refusalOfCallbackUrl(address, vendor, publicBase);
			expect(refusal?.reason).toBe('invalidRequest');
			expect(refusal?.message).toContain(displayName);
			expect(refusal?.message).toContain(new URL(address).host);
			expect(refusal?.message).not.toContain('https only');
			expect(refusal?.hint).toContain('WEBHOOK_URL');
			expect(refusal?.hint).toContain('Nothing was submitted');
		});

		it('does not show the secret in the address that it cannot call', () => {
			const address = 'http://127.0.0.1:5678/webhook-waiting/1?signature=secret';
			const refusal = refusalOfCallbackUrl(address, vendor, publicBase);
			expect(JSON.stringify(refusal)).not.toContain('secret');
		});

		it.each(localBases)('behind a relay at %s can call any address, local ones too', (baseUrl) => {
			for (const address of ['http://127.0.0.1:5678/', 'http://n8n:5678/', 'http://n8n.example/']) {
				expect(refusalOfCallbackUrl(address, vendor, baseUrl)).toBeUndefined();
			}
		});

		it.each([
			'',
			'n8n.example.com/webhook',
			'ftp://n8n.example.com',
			'https://a:b@n8n.example.com',
		])('takes no %j for an address, wherever it is itself', (address) => {
			for (const baseUrl of [publicBase, ...localBases]) {
				const refusal = refusalOfCallbackUrl(address, vendor, baseUrl);
				expect(refusal?.reason).toBe('invalidRequest');
				expect(refusal?.message).toContain('not a valid URL');
			}
		});
	},
);

it.each(calling.map((vendor) => [vendor.displayName, vendor] as const))(
	'is refused without https by %s only where its page says so',
	(displayName, vendor) => {
		const address = 'http://n8n.example.com/webhook/one';
		const refusal = refusalOfCallbackUrl(address, vendor, publicBase);
		if (vendor.callback?.needsHttps !== true) {
			expect(refusal).toBeUndefined();
			return;
		}
		expect(refusal?.reason).toBe('invalidRequest');
		expect(refusal?.message).toMatch(/https only.*http:\/\/n8n\.example\.com/);
		expect(refusal?.message).toContain(displayName);
	},
);

it('is refused without https by some and not by all', () => {
	expect(new Set(calling.map(({ callback }) => callback?.needsHttps))).toEqual(
		new Set([true, false]),
	);
});

it.each(silent.map((vendor) => [vendor.displayName, vendor] as const))(
	'is nothing that %s calls, whatever it is',
	(displayName, vendor) => {
		for (const address of ['https://n8n.example.com/', 'http://127.0.0.1:5678/', '']) {
			for (const baseUrl of [publicBase, ...localBases]) {
				expect(refusalOfCallbackUrl(address, vendor, baseUrl)).toMatchObject({
					reason: 'unsupported',
					message: expect.stringContaining(displayName) as string,
				});
			}
		}
	},
);
