import type { IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'node:stream';

import { loadReferences } from '../../../nodes/NanoBanana/platform/loadReferences';
import type { VendorClient } from '../../../nodes/NanoBanana/platform/vendorClient';
import { vendors } from '../../../nodes/NanoBanana/vendors';
import { FakeClock } from '../core/fakeClock';

const vendor = vendors.find(({ references }) => references.noUrlsBesideFiles === true);
const file = {
	label: "the field 'data'",
	isStoredTrue: true,
	isPlaceholder: false,
	data: { data: '', mimeType: 'image/png' },
	mediaType: 'image/png' as const,
	size: 0,
};

/** Loads a reference URL beside a file; each host answers with a redirect, or with nothing. */
async function load(url: string, redirects: Readonly<Record<string, string>>) {
	const asked: string[] = [];
	const context = {
		helpers: {
			httpRequest: async (options: { url: string }) => {
				asked.push(options.url);
				const location = redirects[options.url];
				return await Promise.resolve({
					statusCode: location === undefined ? 404 : 302,
					headers: location === undefined ? {} : { location },
					body: Readable.from([]),
				});
			},
		},
	} as unknown as IExecuteFunctions;
	if (vendor === undefined) throw new Error('No vendor takes files instead of URLs');
	const markOfKey = () => Promise.resolve('');
	const client: VendorClient = {
		baseUrl: '',
		markOfKey,
		call: () => Promise.reject(new Error('not asked')),
	};
	const loading = { context, vendor, client, clock: new FakeClock(), signal: undefined };
	const outcome = await loadReferences(loading, {
		urls: [url],
		binaries: [file],
		warnings: [],
	});
	return { asked, failure: outcome.ok ? undefined : outcome.failure };
}

describe('a reference URL that redirects', () => {
	it.each([
		'http://10.0.0.5/secret.png',
		'http://localhost:5678/rest/settings',
		'http://[::1]/x.png',
		'http://[::ffff:192.168.1.1]/x.png',
		'http://3232235777/x.png',
		'http://nas.corp/x.png',
		'http://169.254.169.254/latest/meta-data/',
		'//127.0.0.1/x.png',
		'file:///etc/passwd',
	])('from a public host is not followed to %s', async (location) => {
		const url = 'https://cdn.example/a.png';
		const { asked, failure } = await load(url, { [url]: location });
		expect(asked).toEqual([url]);
		expect(failure).toMatchObject({ reason: 'invalidRequest' });
		expect(failure?.message).toMatch(/it leads (from a public host to a private|to an) address/);
	});

	it('from a public host is not followed there by a detour either', async () => {
		const { asked } = await load('https://cdn.example/a.png', {
			'https://cdn.example/a.png': 'https://other.example/b.png',
			'https://other.example/b.png': 'http://192.168.0.10/c.png',
		});
		expect(asked).toEqual(['https://cdn.example/a.png', 'https://other.example/b.png']);
	});

	it('from a public host is followed to another public one', async () => {
		const { asked } = await load('https://cdn.example/a.png', {
			'https://cdn.example/a.png': 'https://other.example/b.png',
		});
		expect(asked).toContain('https://other.example/b.png');
	});

	it('from a local host, which the user has given, is followed to a local one', async () => {
		const { asked } = await load('http://nas.lan/a.png', {
			'http://nas.lan/a.png': 'http://192.168.0.10/c.png',
		});
		expect(asked).toContain('http://192.168.0.10/c.png');
	});

	it('is asked for as it was parsed', async () => {
		const { asked } = await load('HTTPS://CDN.example:443/x/../a b.png#part', {});
		expect(asked[0]).toBe('https://cdn.example/a%20b.png#part');
	});
});
