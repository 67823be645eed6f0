import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, selectors, type BrowserContext } from 'playwright-core';
import { atTheEnd } from '../server/endings';

/** The first one has no windows, and does the same with a fifth less of the processor. */
const names = [
	'chromium-headless-shell',
	'chromium',
	'chromium-browser',
	'google-chrome',
	'google-chrome-stable',
];
const otherPlaces = [
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const flags = [
	'--no-sandbox',
	'--disable-gpu',
	// Without windows, it would otherwise put each letter of a zoomed text on a whole pixel.
	'--font-render-hinting=none',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	// Nothing outside is asked. To intercept the requests instead would pass each through the test.
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];
const patienceMs = 60_000;
/** Whatever moves ends at once: this machine draws each frame with its processor. */
const withoutMotion = `*, ::before, ::after {
	animation-delay: 0s !important;
	animation-duration: 0s !important;
	animation-iteration-count: 1 !important;
	transition-delay: 0s !important;
	transition-duration: 0s !important;
}`;

/** Opens a browser that reaches this machine only. It ends with the context that is answered. */
export async function openBrowser(): Promise<BrowserContext> {
	selectors.setTestIdAttribute('data-test-id');
	const browser = await chromium.launch({ executablePath: findChromium(), args: flags });
	const close = atTheEnd(() => browser.close());
	const context = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		colorScheme: 'light',
		locale: 'en-US',
		reducedMotion: 'reduce',
	});
	await context.addInitScript((rules) => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(rules);
		document.adoptedStyleSheets.push(sheet);
	}, withoutMotion);
	context.once('close', () => void close());
	context.setDefaultTimeout(patienceMs);
	return context;
}

/** Playwright's own browsers are a download of their own: what the machine has is used instead. */
function findChromium(): string {
	const chosen = process.env['CHROMIUM_PATH'];
	const folders = (process.env['PATH'] ?? '').split(delimiter);
	const places = [
		...(chosen === undefined ? [] : [chosen]),
		...folders.flatMap((folder) => names.map((name) => join(folder, name))),
		...otherPlaces,
	];
	const found = places.find((place) => existsSync(place));
	if (found === undefined) {
		throw new Error('No Chromium was found: install it, or set CHROMIUM_PATH to its program');
	}
	return found;
}
