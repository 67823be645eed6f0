/**
 * Images of the types that the canvas of the tests cannot write: as much of each as a reader of its size and
 * its end looks at. No viewer has to open them.
 */

export function avif(width: number, height: number, mainBrand = 'avif'): Buffer {
	return boxes(mainBrand, 'avif', width, height);
}

export function heic(width: number, height: number): Buffer {
	return boxes('heic', 'heic', width, height);
}

/** One pixel's worth of data, whatever the size. */
export function gif(width: number, height: number): Buffer {
	const screen = Buffer.alloc(7);
	screen.writeUInt16LE(width, 0);
	screen.writeUInt16LE(height, 2);
	const image = Buffer.from('2c00000000010001000002024401003b', 'hex');
	return Buffer.concat([Buffer.from('GIF89a'), screen, image]);
}

export function bmp(width: number, height: number): Buffer {
	const pixels = Buffer.alloc(Math.ceil((width * 3) / 4) * 4 * Math.abs(height), 0x7f);
	const head = Buffer.alloc(54);
	head.write('BM');
	head.writeUInt32LE(head.length + pixels.length, 2);
	head.writeUInt32LE(head.length, 10);
	head.writeUInt32LE(40, 14);
	head.writeInt32LE(width, 18);
	head.writeInt32LE(height, 22);
	head.writeUInt16LE(1, 26);
	head.writeUInt16LE(24, 28);
	return Buffer.concat([head, pixels]);
}

/** Its size stands behind its data. */
export function tiff(): Buffer {
	return Buffer.concat([Buffer.from('49492a00e8030000', 'hex'), Buffer.alloc(1_000, 0x11)]);
}

function boxes(mainBrand: string, brand: string, width: number, height: number): Buffer {
	const thumbnail = ispe(Math.ceil(width / 8), Math.ceil(height / 8));
	const properties = box('iprp', box('ipco', Buffer.concat([thumbnail, ispe(width, height)])));
	return Buffer.concat([
		box('ftyp', Buffer.concat([Buffer.from(`${mainBrand}\0\0\0\0mif1miaf${brand}`, 'latin1')])),
		box('meta', Buffer.concat([Buffer.alloc(4), properties])),
		box('mdat', Buffer.alloc(600, 0x33)),
	]);
}

function ispe(width: number, height: number): Buffer {
	const content = Buffer.alloc(12);
	content.writeUInt32BE(width, 4);
	content.writeUInt32BE(height, 8);
	return box('ispe', content);
}

function box(type: string, content: Buffer): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + content.length, 0);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, content]);
}
