import { failed, success, type Failure, type Outcome } from './failure';
import { isPlaceholderUrl } from './placeholder';
import { quoted } from './typedValues';
import { addressKind, parseHttpUrl } from './urls';

/** The party that will open a reference URL. */
export interface UrlReader {
	/** The name in messages. */
	readonly name: string;
	/** Whether it sees no more than the web: not the network of this n8n. */
	readonly isOutside: boolean;
}

/**
 * The URL to send for a URL of the user: encoded, and for a share link that of the file itself. Fails
 * before anything is bought if its reader could not open it.
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
				"Put the file into a field of the item and name this field in 'Image Field Name(s)', or give a URL that everybody can open.",
			),
		);
	}
	const direct = directOf(url);
	const page = pageOf(direct);
	if (page === undefined) return success(direct.toString());
	return failed(
		refused(`The URL ${quoted(text)} in ${place} opens ${page.what}, not an image file`, page.hint),
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
const image = 'Open the page, right-click the image, copy its address, and use that.';
const raw = "Use the address behind the button 'Raw' or 'Download' on that page.";

/** Pages that show an image or offer it for download; their addresses are what people copy. */
const pages: ReadonlyArray<readonly [host: RegExp, path: RegExp, what: string, hint: string]> = [
	[
		/^(?:drive|docs)\.google\.com$/,
		/\/(?:drive\/|folders|folderview|document\/|spreadsheets\/|presentation\/(?!d\/[\w-]{1,200}\/export\/(?:png|jpe?g))|drawings\/(?!d\/(?:e\/)?[\w-]{1,200}\/(?:pub|export\/(?:png|jpe?g))(?:[/?]|$)))/,
		'a Google Drive folder or document',
		'Share the image file itself, and give its link.',
	],
	[
		/(?:^|\.)dropbox\.com$/,
		/^\/(?:sh|scl\/fo|home|t|work|preview|l|sc|paper|request)(?:\/|$)/,
		'a Dropbox folder or another page of Dropbox',
		'Share the image file itself, and give its link.',
	],
	[/^1drv\.ms$/, /^/, 'a OneDrive page', download],
	[/^onedrive\.live\.com$/, /^(?!\/(?:download|embed))/, 'a OneDrive page', download],
	[
		/(?:^|\.)sharepoint\.com$/,
		/^\/:\w:\/|\/(?!download\.)\w{1,100}\.aspx(?:\?|$)|[?&]web=1(?:&|$)/i,
		'a SharePoint page',
		download,
	],
	[/(?:^|\.)icloud\.com$/, /^/, 'an iCloud page', download],
	[/^(?:we\.tl|wetransfer\.com|.+\.wetransfer\.com)$/, /^/, 'a WeTransfer page', download],
	[/^(?:photos\.app\.goo\.gl|photos\.google\.com)$/, /^/, 'a Google Photos page', download],
	[/^(?:images\.app\.goo\.gl|share\.google)$/, /^/, 'a page of Google Search', image],
	[
		/^(?:www\.|images\.)?google\.[\w.]+$/,
		/^\/(?:imgres|url|search|imghp)\b/,
		'a page of Google Search',
		image,
	],
	[/(?:^|\.)box\.com$/, /^\/(?:s|v|file|folder)\//, 'a Box page', download],
	[
		/^(?:disk\.(?:360\.)?yandex\.[\w.]+|yadi\.sk|mega(?:\.co)?\.nz|mega\.io|(?:u|e|my)\.pcloud\.(?:link|com)|drive\.proton\.me|(?:[\w-]+\.)?fromsmash\.com|gofile\.io)$/,
		/^/,
		'a page for downloads',
		download,
	],
	[
		/^(?:www\.)?(?:cloud\.mail\.ru|mediafire\.com|swisstransfer\.com|pixeldrain\.com)$/,
		/^\/(?:public|file|file_premium|view|folder|d|u|l)\//,
		'a page for downloads',
		download,
	],
	[/^files\.slack\.com$/, /^\/files-(?!.*[?&]pub_secret=)/, 'a page for users of Slack', download],
	[
		/^(?!files\.)(?:[\w-]+\.)+slack\.com$|^slack-files\.com$/,
		/^\/(?:files|archives|client|T)/,
		'a page for users of Slack',
		download,
	],
	[/^(?:www\.)?airtable\.com$/, /^\/(?:app|shr|tbl|viw|rec)/, 'an Airtable page', download],
	[
		/^(?:www\.)?notion\.(?:so|com)$|\.notion\.site$/,
		/^\/(?!images?\/|signed\/|icons\/)/,
		'a Notion page',
		download,
	],
	[/^(?:www\.|m\.)?imgur\.com$/, /^\/(?!download\/|.*\.\w{3,4}(?:\?|$))/, 'an Imgur page', image],
	[
		/^(?:www\.)?(?:ibb\.co|postimg\.cc|flic\.kr|prnt\.sc|prntscr\.com|imgbox\.com)$/,
		/^/,
		'a page with an image on it',
		image,
	],
	[/^gyazo\.com$/, /^\/(?!.*\.\w{3,4}(?:\?|$))/, 'a page with an image on it', image],
	[/^(?:(?:www|m|web)\.)?facebook\.com$/, /^/, 'a Facebook page', image],
	[/^(?:(?:www|m|mobile)\.)?(?:x|twitter)\.com$/, /\/status\//, 'a post on X', image],
	[/^(?:t\.co|pic\.(?:x|twitter)\.com)$/, /^/, 'a post on X', image],
	[
		/^(?:(?:www|old|new)\.)?reddit\.com$/,
		/\/(?:comments|media|gallery|s)\b/,
		'a Reddit page',
		image,
	],
	[
		/^(?:www\.)?(?:deviantart|artstation|behance|dribbble)\.(?:com|net)$/,
		/\/(?:art|artwork|gallery|shots)\//,
		'a page with an image on it',
		image,
	],
	[/^(?:www\.)?flickr\.com$/, /^\/photos\//, 'a Flickr page', image],
	[
		/^(?:www\.)?unsplash\.com$/,
		/^\/(?:\w\w\/)?photos\/(?!.*\/download)/,
		'an Unsplash page',
		image,
	],
	[/^(?:www\.)?pexels\.com$/, /^\/(?:[\w-]+\/)?photo\//, 'a Pexels page', image],
	[/^(?:www\.)?pixabay\.com$/, /^\/(?:\w+\/)?photos\//, 'a Pixabay page', image],
	[/^(?:\w+\.)?pinterest\.[\w.]+$|^pin\.it$/, /^/, 'a Pinterest page', image],
	[/^(?:www\.)?instagram\.com$/, /^\/(?:p|reel|stories)\//, 'an Instagram page', image],
	[/^(?:www\.)?canva\.com$/, /^\/design\//, 'a Canva page', download],
	[/^(?:www\.)?figma\.com$/, /^\/(?:file|design|proto)\//, 'a Figma page', download],
	[/^github\.com$/, /^\/[^/]+\/[^/]+\/blob\/(?!.*[?&]raw=)/, 'a GitHub page', raw],
	[/^/, /\/-\/(?:blob|tree)\//, 'a GitLab page', raw],
	[/^(?:www\.)?(?:huggingface\.co|hf\.co)$/, /\/(?:blob|tree)\//, 'a Hugging Face page', raw],
	[/^bitbucket\.org$/, /^\/[^/]+\/[^/]+\/src\//, 'a Bitbucket page', raw],
	[
		/^(?:commons|\w\w)\.(?:m\.)?wikipedia\.org$|^commons\.(?:m\.)?wikimedia\.org$/,
		/^\/wiki\/(?!Special(?::|%3A)(?:FilePath|Redirect\/file)\/)\w+(?::|%3A)/i,
		'a Wikimedia page',
		image,
	],
	[
		/^/,
		/\/rest\/binary-data\/?(?:\?|$)(?!.*[?&]token=)/,
		'an n8n page for signed-in users',
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
