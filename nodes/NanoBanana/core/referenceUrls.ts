import { failed, success, type Failure, type Outcome } from './failure';
import { isPlaceholderUrl } from './placeholder';
import { quoted } from './typedValues';
import { addressKind, parseHttpUrl } from './urls';

/** The party that will open a reference URL. */
export interface UrlReader {
	/** As messages name it. */
	readonly name: string;
	/** Whether it sees no more than the web: not the network of this n8n. */
	readonly isOutside: boolean;
}

/**
 * The URL to send for one that the user gave: encoded, and of a share link the file itself. Fails where its
 * reader could not open it, before anything is bought.
 */
export function checkReferenceUrl(text: string, place: string, reader: UrlReader): Outcome<string> {
	// A percent sign alone is a part of a name, as a blank is; what is encoded stays as it is.
	const url = parseHttpUrl(text.replace(/%(?![\da-f]{2})/gi, '%25'));
	const kind = url === undefined ? 'forbidden' : addressKind(url);
	if (url === undefined || kind === 'forbidden') {
		return failed(
			refused(
				`The URL ${quoted(text)} in ${place} cannot be used`,
				'Give a full URL that starts with https:// and holds no user name or password.',
			),
		);
	}
	// Nobody opens the URL of a placeholder: it is checked together with the option.
	if (kind !== 'public' && reader.isOutside && !isPlaceholderUrl(text)) {
		return failed(
			refused(
				`${reader.name} cannot open ${quoted(text)} in ${place}: ${url.host} is an address that works only inside its own network`,
				"Put the file into a field of the item and name that in 'Image Field Name(s)', or give a URL that everybody can open.",
			),
		);
	}
	const direct = directOf(url);
	const page = pageOf(direct);
	if (page === undefined) return success(direct.toString());
	return failed(
		refused(`The URL ${quoted(text)} in ${place} opens ${page.what}, not an image`, page.hint),
	);
}

function refused(message: string, hint: string): Failure {
	return { reason: 'invalidRequest', message, hint };
}

/** Share links of Google Drive and Dropbox open a page; the file itself has an address beside it. */
function directOf(url: URL): URL {
	const host = url.hostname.replace(/^www\./, '');
	const { pathname } = url;
	if (host === 'drive.google.com' || host === 'docs.google.com') {
		const inPath = /\/file\/(?:u\/\d+\/)?d\/([\w-]+)/.exec(pathname)?.[1];
		const inQuery = /\/(?:open|uc)\/?$/.test(pathname) ? url.searchParams.get('id') : null;
		const id = inPath ?? inQuery;
		if (id === null) return url;
		const direct = new URL('https://drive.google.com/uc?export=download');
		direct.searchParams.set('id', id);
		const key = url.searchParams.get('resourcekey');
		if (key !== null) direct.searchParams.set('resourcekey', key);
		return direct;
	}
	if (host === 'dropbox.com' && /^\/(?:s|scl\/fi)\//.test(pathname)) {
		const isDirect = url.searchParams.get('raw') === '1' || url.searchParams.get('dl') === '1';
		if (isDirect) return url;
		const direct = new URL(url);
		direct.searchParams.delete('dl');
		direct.searchParams.set('raw', '1');
		return direct;
	}
	return url;
}

interface Page {
	readonly what: string;
	readonly hint: string;
}

const download =
	"Download the image with that service's own node or with HTTP Request, and name its field in 'Image Field Name(s)'.";
const image =
	'Open the page, copy the address of the image itself (right click on it), and give that.';

/** Pages that show an image or offer it for download; their addresses are what people copy. */
const pages: ReadonlyArray<readonly [host: RegExp, path: RegExp, what: string, hint: string]> = [
	[
		/^(?:drive|docs)\.google\.com$/,
		/\/(?:drive\/|folders|folderview|document\/|presentation\/|spreadsheets\/|drawings\/)/,
		'a folder or document of Google Drive',
		'Share the image file itself, and give its link.',
	],
	[
		/(?:^|\.)dropbox\.com$/,
		/^\/(?:sh|scl\/fo|home|t|work)(?:\/|$)/,
		'a folder of Dropbox',
		'Share the image file itself, and give its link.',
	],
	[/^1drv\.ms$/, /^/, 'a page of OneDrive', download],
	[/^onedrive\.live\.com$/, /^(?!\/(?:download|embed))/, 'a page of OneDrive', download],
	[/(?:^|\.)sharepoint\.com$/, /^\/:\w:\/|\/_layouts\/15\//, 'a page of SharePoint', download],
	[/(?:^|\.)icloud\.com$/, /^/, 'a page of iCloud', download],
	[/^(?:we\.tl|wetransfer\.com|.+\.wetransfer\.com)$/, /^/, 'a page of WeTransfer', download],
	[/^(?:photos\.app\.goo\.gl|photos\.google\.com)$/, /^/, 'a page of Google Photos', download],
	[/^(?:app|[\w-]+\.app)\.box\.com$/, /^\/(?:s|file|folder)\//, 'a page of Box', download],
	[/^(?:www\.|m\.)?imgur\.com$/, /^\/(?!download\/|.*\.\w{3,4}(?:\?|$))/, 'a page of Imgur', image],
	[/^(?:www\.)?(?:ibb\.co|postimg\.cc|flic\.kr)$/, /^/, 'a page that shows an image', image],
	[/^(?:www\.)?flickr\.com$/, /^\/photos\//, 'a page of Flickr', image],
	[
		/^(?:www\.)?unsplash\.com$/,
		/^\/(?:\w\w\/)?photos\/(?!.*\/download)/,
		'a page of Unsplash',
		image,
	],
	[/^(?:www\.)?pexels\.com$/, /^\/(?:[\w-]+\/)?photo\//, 'a page of Pexels', image],
	[/^(?:www\.)?pixabay\.com$/, /^\/(?:\w+\/)?photos\//, 'a page of Pixabay', image],
	[/^(?:\w+\.)?pinterest\.[\w.]+$|^pin\.it$/, /^/, 'a page of Pinterest', image],
	[/^(?:www\.)?instagram\.com$/, /^\/(?:p|reel|stories)\//, 'a page of Instagram', image],
	[/^(?:www\.)?canva\.com$/, /^\/design\//, 'a page of Canva', download],
	[/^(?:www\.)?figma\.com$/, /^\/(?:file|design|proto)\//, 'a page of Figma', download],
	[
		/^github\.com$/,
		/^\/[^/]+\/[^/]+\/blob\/(?!.*[?&]raw=)/,
		'a page of GitHub',
		"Give the address behind its button 'Raw'.",
	],
	[
		/^(?:commons|\w\w)\.(?:m\.)?wikipedia\.org$|^commons\.(?:m\.)?wikimedia\.org$/,
		/^\/wiki\/\w+:/,
		'a page of Wikimedia',
		image,
	],
	[
		/^/,
		/\/rest\/binary-data\/?(?:\?|$)(?!.*[?&]token=)/,
		'a file of n8n for its signed-in users only',
		"Name the field of the file in 'Image Field Name(s)'.",
	],
];

function pageOf(url: URL): Page | undefined {
	// A SharePoint link with this opens the file itself.
	if (url.searchParams.get('download') === '1') return undefined;
	const path = `${url.pathname}${url.search}`;
	const page = pages.find(([host, start]) => host.test(url.hostname) && start.test(path));
	return page === undefined ? undefined : { what: page[2], hint: page[3] };
}
