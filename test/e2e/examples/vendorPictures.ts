import { fetch } from 'undici';
import { z } from 'zod';
import { expect } from '../checks';
import type { OutputItem } from '../money/pictures';

const withFile = z.object({ url: z.string(), fileName: z.string() });

/** The bytes that the vendor has at the URL of each item, by the name of its file. */
export async function picturesOfVendor(
	items: readonly OutputItem[],
): Promise<ReadonlyMap<string, Buffer>> {
	const pictures = new Map<string, Buffer>();
	for (const { json } of items) {
		const { url, fileName } = withFile.parse(json);
		const answer = await fetch(url);
		expect(answer.ok, `${fileName} is no longer at the vendor: ${answer.status}`);
		pictures.set(fileName, Buffer.from(await answer.arrayBuffer()));
	}
	expect(pictures.size === items.length, 'two pictures have the same name');
	return pictures;
}

/** Throws unless the files are the very pictures of the vendor, all of them and no others. */
export function expectSamePictures(
	where: string,
	files: ReadonlyMap<string, Buffer>,
	pictures: ReadonlyMap<string, Buffer>,
): void {
	const names = [...files.keys()].sort().join(', ');
	const wanted = [...pictures.keys()].sort().join(', ');
	expect(names === wanted, `${where} are ${names || 'no files'}, not ${wanted}`);
	for (const [name, picture] of pictures) {
		expect(files.get(name)?.equals(picture) === true, `${where}, ${name} has other bytes`);
	}
}
