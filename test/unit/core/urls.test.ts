import fc from 'fast-check';

import { readAccess } from '../../../nodes/NanoBanana/core/credential';
import { expiresAtMs } from '../../../nodes/NanoBanana/core/expiry';
import { checkedImages } from '../../../nodes/NanoBanana/core/resultUrls';
import {
	addressKind,
	joinUrl,
	parseHttpUrl,
	pathSegment,
	refusalOfVendorUrl,
} from '../../../nodes/NanoBanana/core/urls';
import { wellFormedText } from '../../wellFormedText';

describe('the base URL of a credential and a path', () => {
	it.each([
		['https://api.example', 'https://api.example/v1/run'],
		['https://api.example/', 'https://api.example/v1/run'],
		['https://api.example///', 'https://api.example/v1/run'],
		['  https://api.example/\n', 'https://api.example/v1/run'],
		['https://relay.example/vendors/one', 'https://relay.example/vendors/one/v1/run'],
		['https://relay.example/vendors/one/', 'https://relay.example/vendors/one/v1/run'],
		['http://127.0.0.1:4700/vendor', 'http://127.0.0.1:4700/vendor/v1/run'],
		['http://[::1]:4700', 'http://[::1]:4700/v1/run'],
	])('%j', (baseUrl, expected) => {
		expect(joinUrl(baseUrl, '/v1/run')).toBe(expected);
	});

	it('encodes what goes into the query', () => {
		expect(joinUrl('https://api.example', '/info', { taskId: 'a&b=c/ü' })).toBe(
			'https://api.example/info?taskId=a%26b%3Dc%2F%C3%BC',
		);
	});
});

describe('a URL with umlauts', () => {
	const answeredAt = 'https://a.example/v1/tasks/1';

	// A process that has parsed some thousand URLs: Node 20 then has the compiled form of what parses them.
	it.each<[string, (url: string) => unknown]>([
		['an address', (url) => parseHttpUrl(url)?.href],
		['the address of an image', (url) => checkedImages([{ url }], 'https://a.example', answeredAt)],
		['what an address is relative to', (url) => checkedImages([{ url: '/a.png' }], url, url)],
		['when an address expires', expiresAtMs],
		['a base URL', (baseUrl) => readAccess('A vendor', { apiKey: 'key-1234', baseUrl })],
	])('%s is read after many others, too', (_what, read) => {
		const urls = ['https://bücher.example/größe.png', 'https://a.example/?expires=1900000000&x=ä'];
		const before = urls.map((url) => JSON.stringify(read(url)));
		for (let calls = 0; calls < 30_000; calls++) {
			const position = calls % urls.length;
			const now = JSON.stringify(read(urls[position]!));
			if (now !== before[position]) throw new Error(`${now} after ${calls} calls`);
		}
	});
});

describe('a task id as a part of a path', () => {
	it('never leaves its place, whatever it is', () => {
		fc.assert(
			fc.property(wellFormedText({ minLength: 1 }), (id) => {
				const url = new URL(joinUrl('https://api.example/relay', `/tasks/${pathSegment(id)}`));
				expect(url.origin).toBe('https://api.example');
				expect(url.pathname.split('/')).toHaveLength(4);
				expect(url.pathname.startsWith('/relay/tasks/')).toBe(true);
				expect(url.search + url.hash).toBe('');
			}),
		);
	});

	it.each(['..', '.', '../../admin', '%2e%2e', '?key=1', '#', '\ud800'])('%j', (id) => {
		const url = new URL(joinUrl('https://api.example', `/tasks/${pathSegment(id)}`));
		expect(url.pathname).toMatch(/^\/tasks\/[^/]+$/);
	});

	it('leaves an ordinary id as it is', () => {
		expect(pathSegment('img_01HQ9M7XJQ7PZ3GQ')).toBe('img_01HQ9M7XJQ7PZ3GQ');
	});
});

describe('what counts as a web address', () => {
	it.each([
		'https://a.example/x.png',
		'http://127.0.0.1:8080/',
		'HTTPS://A.EXAMPLE',
		'http://[::1]/',
	])('%s does', (text) => {
		expect(parseHttpUrl(text)).toBeInstanceOf(URL);
	});

	it.each([
		'',
		'a.example/x.png',
		'//a.example/x.png',
		'ftp://a.example/x.png',
		'file:///etc/passwd',
		'data:image/png;base64,AAAA',
		'javascript:alert(1)',
		'https://user@a.example/',
		'https://user:password@a.example/',
		'http://',
		'http://[::1',
		'http://999.1.1.1/',
	])('%j does not', (text) => {
		expect(parseHttpUrl(text)).toBeUndefined();
	});
});

describe('what kind of address a URL names', () => {
	const kindOf = (text: string) => addressKind(new URL(text));

	it.each([
		'https://files.example/1.png',
		'https://8.8.8.8/',
		'https://172.15.0.1/',
		'https://172.32.0.1/',
		'https://100.63.0.1/',
		'https://100.128.0.1/',
		'https://169.253.1.1/',
		'https://[2606:4700:4700::1111]/',
		'https://[::ffff:8.8.8.8]/',
		'https://localhost.example/',
		'https://internal.example/',
		'https://198.17.255.255/',
		'https://198.20.0.1/',
		'https://192.0.1.1/',
		'https://eastus1-mediap.svc.ms/',
		'https://home.example/',
		'https://corp.test.example/',
		'https://[2001:4860:4860::8888]/',
		'https://[2002:808:808::1]/',
	])('%s is public', (url) => {
		expect(kindOf(url)).toBe('public');
	});

	it.each([
		['loopback', 'http://127.0.0.1/'],
		['loopback, any of it', 'http://127.255.3.4/'],
		['loopback as one decimal number', 'http://2130706433/'],
		['loopback in hexadecimal', 'http://0x7f000001/'],
		['loopback in octal', 'http://0177.0.0.1/'],
		['loopback, shortened', 'http://127.1/'],
		['loopback with a dot at the end', 'http://127.0.0.1./'],
		['loopback in full-width digits', 'http://１２７.0.0.1/'],
		['10/8', 'http://10.1.2.3/'],
		['172.16/12', 'http://172.16.0.1/'],
		['172.16/12, its end', 'http://172.31.255.255/'],
		['192.168/16', 'http://192.168.1.1/'],
		['192.168/16 as one number', 'http://3232235777/'],
		['carrier-grade NAT', 'http://100.64.0.1/'],
		['localhost', 'http://localhost:5678/'],
		['localhost with a dot at the end', 'http://localhost./'],
		['a name below localhost', 'http://n8n.localhost/'],
		['a name without a dot', 'http://n8n/'],
		['mDNS', 'http://printer.local/'],
		['.internal', 'http://db.internal/'],
		['.lan', 'http://nas.lan/'],
		['.home.arpa', 'http://nas.home.arpa/'],
		['IPv6 loopback', 'http://[::1]/'],
		['IPv6 loopback written out', 'http://[0:0:0:0:0:0:0:1]/'],
		['IPv6 unique local', 'http://[fd12:3456::1]/'],
		['IPv6 unique local, other half', 'http://[fc00::1]/'],
		['IPv4-mapped loopback', 'http://[::ffff:127.0.0.1]/'],
		['IPv4-mapped loopback in hexadecimal', 'http://[::ffff:7f00:1]/'],
		['IPv4-mapped private', 'http://[::ffff:192.168.1.1]/'],
		['IPv4-compatible private', 'http://[::10.0.0.1]/'],
		['NAT64 of a private one', 'http://[64:ff9b::10.0.0.1]/'],
		['the range for benchmarks', 'http://198.18.0.1/'],
		['the range for benchmarks, its end', 'http://198.19.255.255/'],
		['the range for benchmarks, in octal', 'http://0306.023.0.1/'],
		['a range for documentation', 'http://192.0.2.7/'],
		['another range for documentation', 'http://198.51.100.7/'],
		['a range for protocols', 'http://192.0.0.8/'],
		['a service of Kubernetes', 'http://files.default.svc/'],
		['a service of Kubernetes, whole', 'http://files.default.svc.cluster.local/'],
		['.corp', 'http://wiki.corp/'],
		['.home', 'http://nas.home/'],
		['.intranet', 'http://portal.intranet/'],
		['.localdomain', 'http://box.localdomain/'],
		['.test', 'http://shop.test/'],
		['.internal in capitals, with dots at its end', 'http://DB.INTERNAL../'],
		['localhost in full-width letters', 'http://ｌｏｃａｌｈｏｓｔ/'],
		['a local name with an ideographic full stop', 'http://nas。lan/'],
		['IPv4-mapped, of the range for benchmarks', 'http://[::ffff:198.18.0.1]/'],
		['6to4 of a private one', 'http://[2002:c0a8:101::]/'],
		['a mail server of the house', 'http://smtp.mail/'],
		['an intranet', 'https://wiki.intern/'],
		['a reserved top level', 'http://files.invalid./'],
		['a hidden service', 'http://ABC.onion/'],
	])('%s is private', (_name, url) => {
		expect(kindOf(url)).toBe('private');
	});

	it.each([
		['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
		['cloud metadata as one number', 'http://2852039166/'],
		['cloud metadata in hexadecimal', 'http://0xa9fea9fe/'],
		['cloud metadata, IPv4-mapped', 'http://[::ffff:169.254.169.254]/'],
		['cloud metadata by name', 'http://metadata.google.internal/'],
		['cloud metadata by name, with a dot at the end', 'http://METADATA.google.internal./'],
		['cloud metadata by another name', 'http://instance-data/'],
		['cloud metadata of Tencent', 'http://metadata.tencentyun.com/latest/'],
		['cloud metadata of IBM', 'http://api.metadata.cloud.ibm.com./'],
		['cloud metadata of Oracle by name', 'https://Metadata.OracleCloud.com/'],
		['segment routing', 'http://[5f00::1]/'],
		['segment routing, its end', 'http://[5f00:ffff::1]/'],
		['cloud metadata over IPv6', 'http://[fd00:ec2::254]/'],
		['cloud metadata of another cloud', 'http://100.100.100.200/'],
		['a host service of Azure', 'http://168.63.129.16/machine'],
		['a host service of Azure as one number', 'http://2822734096/'],
		['cloud metadata of Oracle', 'http://192.0.0.192/'],
		['cloud metadata of Oracle, IPv4-mapped', 'http://[::ffff:c000:c0]/'],
		['cloud metadata through 6to4', 'http://[2002:a9fe:a9fe::1]/'],
		['cloud metadata through NAT64', 'http://[64:ff9b::a9fe:a9fe]/'],
		['Teredo', 'http://[2001::1]/'],
		['Teredo that hides a loopback', 'http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/'],
		['a range for documentation over IPv6', 'http://[2001:db8::1]/'],
		['the metadata of Google over IPv6', 'http://[fd20:ce::254]/'],
		['link-local', 'http://169.254.1.1/'],
		['IPv6 link-local', 'http://[fe80::1]/'],
		['IPv6 link-local, its end', 'http://[febf::1]/'],
		['this network', 'http://0.0.0.0/'],
		['IPv6 unspecified', 'http://[::]/'],
		['multicast', 'http://224.0.0.1/'],
		['broadcast', 'http://255.255.255.255/'],
		['IPv6 multicast', 'http://[ff02::1]/'],
	])('%s is forbidden', (_name, url) => {
		expect(kindOf(url)).toBe('forbidden');
	});

	it('reads every spelling of an IPv4 address alike', () => {
		fc.assert(
			fc.property(fc.ipV4(), (dotted) => {
				const octets = dotted.split('.').map(Number);
				const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
				const spellings = [
					dotted,
					String(number),
					`0x${number.toString(16)}`,
					octets.map((octet) => `0${octet.toString(8)}`).join('.'),
					`[::ffff:${dotted}]`,
				];
				const kinds = spellings.map((host) => kindOf(`http://${host}/`));
				expect(new Set(kinds).size).toBe(1);
			}),
		);
	});
});

describe('an address that a vendor names', () => {
	const publicBase = 'https://api.example';
	const localBase = 'http://127.0.0.1:4700/vendor';

	it.each([
		['https://files.example/1.png', publicBase],
		['https://api.example/files/1.png', publicBase],
		['http://127.0.0.1:4701/1.png', localBase],
		['https://files.example/1.png', localBase],
		['http://files.example/1.png', 'http://api.example'],
	])('%s may be asked under %s', (url, baseUrl) => {
		expect(refusalOfVendorUrl(url, baseUrl)).toBeUndefined();
	});

	it.each([
		['http://files.example/1.png', publicBase, 'not encrypted'],
		['https://127.0.0.1/1.png', publicBase, 'private'],
		['https://localhost/1.png', publicBase, 'private'],
		['https://[::ffff:10.0.0.1]/1.png', publicBase, 'private'],
		['https://3232235777/1.png', publicBase, 'private'],
		['https://169.254.169.254/latest', publicBase, 'metadata'],
		['http://169.254.169.254/latest', localBase, 'metadata'],
		['http://[fe80::1]/1.png', localBase, 'metadata'],
		['file:///etc/passwd', localBase, 'not a plain http(s) URL'],
		['https://user:password@files.example/1.png', publicBase, 'not a plain http(s) URL'],
		['data:image/png;base64,AAAA', publicBase, 'not a plain http(s) URL'],
		['', publicBase, 'not a plain http(s) URL'],
	])('%s is refused under %s', (url, baseUrl, reason) => {
		expect(refusalOfVendorUrl(url, baseUrl)).toContain(reason);
	});
});
