/** Files that people send as images although they are not images. */
const beginnings: ReadonlyArray<readonly [bytes: string, offset: number, kind: string]> = [
	['%PDF', 0, 'a PDF'],
	['PK\x03\x04', 0, 'a ZIP file or an Office document'],
	['\xd0\xcf\x11\xe0', 0, 'an Office document'],
	['8BPS', 0, 'a Photoshop document'],
	['%!PS', 0, 'a PostScript document'],
	['\0\0\x01\0', 0, 'an icon (ICO)'],
	['ftypcrx', 4, 'a raw photo (CR3)'],
	['ftyp', 4, 'a video'],
	['\x1aE\xdf\xa3', 0, 'a video'],
	['AVI ', 8, 'a video'],
	['WAVE', 8, 'an audio file'],
	['ID3', 0, 'an audio file'],
	['OggS', 0, 'an audio or video file'],
	['Rar!', 0, 'a RAR archive'],
	['7z\xbc\xaf', 0, 'a 7z archive'],
	['\x1f\x8b', 0, 'a gzip file'],
];

/** The number of first bytes that show the kind of a file. */
export const kindLength = 64;

/** The kind of a file that is not an image, by its first bytes and in words for a message: "a PDF". */
export function kindOfFile(firstBytes: Uint8Array): string {
	if (firstBytes.length === 0) return 'nothing (0 bytes)';
	const text = String.fromCharCode(...firstBytes.subarray(0, kindLength));
	const known = beginnings.find(([bytes, offset]) => text.startsWith(bytes, offset));
	if (known !== undefined) return known[2];
	const written = text.replace(/^\xef\xbb\xbf/, '').trimStart();
	if (/^<(?:\?xml|svg)/i.test(written)) return 'an SVG drawing or other XML';
	if (/^<(?:!doctype|html|head|body|script|!--)/i.test(written)) return 'a web page (HTML)';
	if (/^[{[]/.test(written)) return 'JSON text';
	// eslint-disable-next-line no-control-regex -- control characters tell bytes from text
	return /[\x00-\x08\x0e-\x1f]/.test(text) ? 'no image' : 'text';
}
