import { checkReferenceUrl } from '../../../nodes/NanoBanana/core/referenceUrls';

const outside = { name: 'Vendor', isOutside: true };

function sent(url: string, reader = outside): string {
	const outcome = checkReferenceUrl(url, "'Reference URLs'", reader);
	if (!outcome.ok) throw new Error(outcome.failure.message);
	return outcome.value;
}

function refused(url: string, reader = outside) {
	const outcome = checkReferenceUrl(url, "'Reference URLs'", reader);
	if (outcome.ok) throw new Error(`Expected a refusal of ${url}`);
	expect(outcome.failure.reason).toBe('invalidRequest');
	return outcome.failure;
}

describe('a reference URL', () => {
	it.each([
		['https://x.example/my photo.png', 'https://x.example/my%20photo.png'],
		['https://x.example/my%20photo.png', 'https://x.example/my%20photo.png'],
		[
			'https://x.example/Übergröße/ö.png?q=ä b',
			'https://x.example/%C3%9Cbergr%C3%B6%C3%9Fe/%C3%B6.png?q=%C3%A4%20b',
		],
		['https://x.example/%C3%B6.png', 'https://x.example/%C3%B6.png'],
		['https://x.example/100%.png', 'https://x.example/100%25.png'],
		['https://x.example/猫.png', 'https://x.example/%E7%8C%AB.png'],
		['https://bücher.example/a.png', 'https://xn--bcher-kva.example/a.png'],
		['HTTPS://X.example/a.png', 'https://x.example/a.png'],
		[
			'https://s3.example/a.png?X-Amz-Credential=a%2Fb&X-Amz-SignedHeaders=host,range&s=+/=',
			'https://s3.example/a.png?X-Amz-Credential=a%2Fb&X-Amz-SignedHeaders=host,range&s=+/=',
		],
		['https://8.8.8.8/a.png', 'https://8.8.8.8/a.png'],
		['https://[2606:4700::1111]/a.png', 'https://[2606:4700::1111]/a.png'],
	])('%s is sent as %s', (given, expected) => {
		expect(sent(given)).toBe(expected);
	});

	it.each([
		'http://localhost:5678/rest/binary-data/signed?token=abc',
		'https://localhost/a.png',
		'http://127.0.0.1/a.png',
		'http://127.1/a.png',
		'http://192.168.1.20/a.png',
		'http://10.0.0.5:8080/a.png',
		'http://172.20.0.2/a.png',
		'http://[::1]/a.png',
		'http://[fd12::5]/a.png',
		'http://[::ffff:10.0.0.1]/a.png',
		'http://nas.local/a.png',
		'http://nas/a.png',
		'http://minio:9000/bucket/a.png',
		'http://n8n.svc.cluster.local/a.png',
		'http://host.docker.internal:5678/a.png',
		'http://fritz.box/a.png',
		'https://nas.fritz.box/a.png',
		'https://app.localtest.me/a.png',
		'https://10.0.0.1.nip.io/a.png',
		'https://app-192-168-1-20.sslip.io/a.png',
		'https://app.192.168.1.20.nip.io/a.png',
		'https://app-0a000001.nip.io/a.png',
		'https://--1.sslip.io/a.png',
	])('%s cannot be opened from outside', (url) => {
		const failure = refused(url);
		expect(failure.message).toContain(`Vendor cannot open "${url}" in 'Reference URLs'`);
		expect(failure.hint).toContain("'Image Field Name(s)'");
		// A relay or the sandbox is in the same network as this n8n.
		expect(sent(url, { name: 'Vendor', isOutside: false })).toBe(new URL(url).toString());
	});

	it.each([
		'http://169.254.169.254/latest/meta-data',
		'http://[fe80::1]/a.png',
		'http://metadata.google.internal/a.png',
		'http://169.254.169.254.nip.io/latest',
		'http://a-169-254-169-254.sslip.io/latest',
		'https://user:password@pictures.example/1.png',
		'ftp://pictures.example/1.png',
		'https://',
		'http:///a.png',
	])('%s is refused for everybody', (url) => {
		if (url === 'http:///a.png') return expect(new URL(url).hostname).toBe('a.png');
		expect(refused(url).message).toContain('cannot be used');
		expect(refused(url, { name: 'n8n', isOutside: false }).hint).toContain('https://');
	});
});

describe('a share link', () => {
	const id = '1AbC-dEf_456';
	const drive = `https://drive.google.com/uc?export=download&id=${id}`;

	it.each([
		`https://drive.google.com/file/d/${id}/view?usp=sharing`,
		`https://drive.google.com/file/d/${id}`,
		`https://drive.google.com/file/d/${id}/edit`,
		`https://drive.google.com/file/u/1/d/${id}/preview`,
		`https://drive.google.com/a/firm.example/file/d/${id}/view`,
		`https://drive.google.com/open?id=${id}&usp=drive_copy`,
		`https://drive.google.com/uc?id=${id}&export=view`,
		`https://drive.google.com/uc?export=download&id=${id}`,
		`https://docs.google.com/uc?id=${id}`,
		`http://drive.google.com/u/0/uc?id=${id}`,
	])('of Google Drive becomes the file: %s', (url) => {
		expect(sent(url)).toBe(drive);
	});

	it('of Google Drive keeps its resource key', () => {
		expect(sent(`https://drive.google.com/file/d/${id}/view?resourcekey=0-x`)).toBe(
			`${drive}&resourcekey=0-x`,
		);
	});

	it.each([
		[
			'https://www.dropbox.com/scl/fi/abc/photo.png?rlkey=k1&st=x&dl=0',
			'https://www.dropbox.com/scl/fi/abc/photo.png?rlkey=k1&st=x&raw=1',
		],
		[
			'https://www.dropbox.com/s/abc/my%20photo.png',
			'https://www.dropbox.com/s/abc/my%20photo.png?raw=1',
		],
		['https://dropbox.com/s/abc/p.png?dl=0', 'https://dropbox.com/s/abc/p.png?raw=1'],
		['https://www.dropbox.com/s/abc/p.png?dl=1', 'https://www.dropbox.com/s/abc/p.png?dl=1'],
		['https://www.dropbox.com/s/abc/p.png?raw=1', 'https://www.dropbox.com/s/abc/p.png?raw=1'],
	])('of Dropbox becomes the file: %s', (url, expected) => {
		expect(sent(url)).toBe(expected);
	});

	it.each([
		[
			'https://drive.google.com/drive/folders/1AbC?usp=sharing',
			'a Google Drive folder or document',
		],
		['https://docs.google.com/document/d/1AbC/edit', 'a Google Drive folder or document'],
		['https://www.dropbox.com/scl/fo/abc/x?rlkey=k&dl=0', 'a Dropbox folder'],
		['https://www.dropbox.com/sh/abc/x', 'a Dropbox folder'],
		['https://1drv.ms/i/s!AbC', 'OneDrive'],
		['https://onedrive.live.com/?id=1&cid=2', 'OneDrive'],
		['https://firm.sharepoint.com/:i:/s/team/AbC?e=x', 'SharePoint'],
		['https://firm-my.sharepoint.com/:i:/g/personal/a/AbC', 'SharePoint'],
		['https://www.icloud.com/iclouddrive/0aB#photo', 'iCloud'],
		['https://share.icloud.com/photos/0aB', 'iCloud'],
		['https://we.tl/t-abc', 'WeTransfer'],
		['https://wetransfer.com/downloads/abc', 'WeTransfer'],
		['https://photos.app.goo.gl/abc', 'Google Photos'],
		['https://photos.google.com/share/abc', 'Google Photos'],
		['https://imgur.com/abc', 'Imgur'],
		['https://imgur.com/gallery/title-abc', 'Imgur'],
		['https://unsplash.com/photos/a-cat-abc', 'Unsplash'],
		['https://www.pexels.com/photo/cat-123/', 'Pexels'],
		['https://github.com/o/r/blob/main/a.png', 'GitHub'],
		['https://commons.wikimedia.org/wiki/File:Cat.jpg', 'Wikimedia'],
		['https://n8n.example.com/rest/binary-data?id=filesystem-v2:x&action=view', 'n8n'],
		['https://images.app.goo.gl/abc', 'Google Search'],
		['https://share.google/images/abc', 'Google Search'],
		['https://www.google.com/imgres?imgurl=https://x.example/a.png', 'Google Search'],
		['https://www.google.co.uk/url?q=https://x.example/a.png', 'Google Search'],
		['https://disk.yandex.ru/i/abc', 'downloads'],
		['https://disk.yandex.com/d/abc', 'downloads'],
		['https://yadi.sk/i/abc', 'downloads'],
		['https://cloud.mail.ru/public/abc/def', 'downloads'],
		['https://mega.nz/file/abc#key', 'downloads'],
		['https://www.mediafire.com/file/abc/a.png/file', 'downloads'],
		['https://u.pcloud.link/publink/show?code=abc', 'downloads'],
		['https://drive.proton.me/urls/abc#key', 'downloads'],
		['https://www.swisstransfer.com/d/abc', 'downloads'],
		['https://fromsmash.com/abc', 'downloads'],
		['https://gofile.io/d/abc', 'downloads'],
		['https://app.box.com/s/abc', 'Box'],
		['https://firm.box.com/s/abc', 'Box'],
		['https://firm.ent.box.com/s/abc', 'Box'],
		['https://www.dropbox.com/preview/a.png', 'Dropbox'],
		['https://www.dropbox.com/l/scl/AAAabc', 'Dropbox'],
		['https://www.dropbox.com/sc/abc/def', 'Dropbox'],
		[
			'https://firm.sharepoint.com/sites/t/Shared%20Documents/Forms/AllItems.aspx?id=a',
			'SharePoint',
		],
		['https://firm.sharepoint.com/sites/t/Shared%20Documents/a.png?web=1', 'SharePoint'],
		['https://firm.sharepoint.com/_layouts/15/Doc.aspx?sourcedoc=a', 'SharePoint'],
		['https://files.slack.com/files-pri/T1-F1/a.png', 'Slack'],
		['https://firm.slack.com/files/U1/F1/a.png', 'Slack'],
		['https://airtable.com/appAbC/tblAbC', 'Airtable'],
		['https://www.notion.so/firm/Page-abc', 'Notion'],
		['https://firm.notion.site/Page-abc', 'Notion'],
		['https://gitlab.com/o/r/-/blob/main/a.png', 'GitLab'],
		['https://git.firm.example/o/r/-/blob/main/a.png', 'GitLab'],
		['https://huggingface.co/o/r/blob/main/a.png', 'Hugging Face'],
		['https://bitbucket.org/o/r/src/main/a.png', 'Bitbucket'],
		['https://prnt.sc/abc', 'page with an image'],
		['https://gyazo.com/abc', 'page with an image'],
		['https://www.facebook.com/photo/?fbid=1', 'Facebook'],
		['https://x.com/someone/status/1/photo/1', 'X'],
		['https://twitter.com/someone/status/1', 'X'],
		['https://www.reddit.com/r/pics/comments/abc/title/', 'Reddit'],
		['https://commons.wikimedia.org/wiki/File%3ACat.jpg', 'Wikimedia'],
		['https://docs.google.com/presentation/d/1AbC/edit', 'Google Drive'],
		['https://docs.google.com/presentation/d/e/1AbC/pub?start=false', 'Google Drive'],
		['https://docs.google.com/drawings/d/1AbC/edit', 'Google Drive'],
	])('of another service is refused: %s (%s)', (url, service) => {
		const failure = refused(url);
		expect(failure.message).toMatch(new RegExp(`"https://.* opens .*${service}.*, not an image`));
		expect(failure.hint).not.toBe('');
	});

	it.each([
		'https://i.imgur.com/abc.png',
		'https://imgur.com/abc.png',
		'https://imgur.com/abc.jpg?1',
		'https://lh3.googleusercontent.com/d/1AbC',
		'https://drive.google.com/thumbnail?id=1AbC&sz=w1000',
		'https://drive.usercontent.google.com/download?id=1AbC&export=download',
		'https://dl.dropboxusercontent.com/s/abc/p.png',
		'https://firm.sharepoint.com/:i:/s/team/AbC?e=x&download=1',
		'https://firm.sharepoint.com/sites/team/Shared%20Documents/a.png',
		'https://onedrive.live.com/download?resid=1&authkey=2',
		'https://images.unsplash.com/photo-1?w=800',
		'https://unsplash.com/photos/abc/download?force=true',
		'https://raw.githubusercontent.com/o/r/main/a.png',
		'https://upload.wikimedia.org/wikipedia/commons/a/a9/Cat.jpg',
		'https://n8n.example.com/rest/binary-data/signed?token=abc',
		'https://firm-my.sharepoint.com/personal/a/_layouts/15/download.aspx?UniqueId=1&tempauth=x',
		'https://firm.sharepoint.com/_layouts/15/download.aspx?share=abc',
		'https://commons.wikimedia.org/wiki/Special:FilePath/A.jpg',
		'https://commons.wikimedia.org/wiki/Special:FilePath/A.jpg?width=800',
		'https://commons.wikimedia.org/wiki/Special:Redirect/file/A.jpg',
		'https://docs.google.com/drawings/d/e/2PACX-1/pub?w=960&h=720',
		'https://docs.google.com/drawings/d/1AbC/export/png',
		'https://docs.google.com/presentation/d/1AbC/export/png',
		'https://docs.google.com/presentation/d/1AbC/export/jpeg?pageid=p1',
		'https://i.gyazo.com/abc.png',
		'https://gyazo.com/abc.png',
		'https://firm.box.com/shared/static/abc.png',
		'https://files.slack.com/files-pri/T1-F1/a.png?pub_secret=abc',
		'https://gitlab.com/o/r/-/raw/main/a.png',
		'https://huggingface.co/o/r/resolve/main/a.png',
		'https://pbs.twimg.com/media/abc?format=jpg&name=large',
		'https://graph.facebook.com/someone/picture',
		'https://download1.mediafire.com/abc/a.png',
		'https://downloader.disk.yandex.ru/disk/abc?uid=1',
		'https://v5.airtableusercontent.com/v3/u/abc',
		'https://www.notion.so/image/https%3A%2F%2Fx.example%2Fa.png',
		'https://8.8.8.8.nip.io/a.png',
		'https://app-8-8-8-8.sslip.io/a.png',
		'https://machine.tailnet.ts.net/a.png',
	])('that is the file itself is sent as it is: %s', (url) => {
		expect(sent(url)).toBe(url);
	});
});
