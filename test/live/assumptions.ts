import type { Assumption, Expected } from './types';

export const text: Expected = { kind: 'text' };
export const number: Expected = { kind: 'number' };
export const list: Expected = { kind: 'list' };
export const nothing: Expected = { kind: 'nothing' };

/** The check asks every vendor for a square picture. */
export const squarePicture: Assumption = {
	says: 'The picture has the ratio that was asked for (1:1)',
	basis: 'inferred',
	check: { at: 'download', same: ['width', 'height'] },
};

export const resultNeedsNoKey: Assumption = {
	says: 'The result URL opens without the key',
	basis: 'inferred',
	check: { at: 'download', status: 200 },
};

export const knownFileType: Assumption = {
	says: 'The picture is a PNG, JPEG or WebP by its bytes',
	basis: 'inferred',
	check: { at: 'download', values: { mediaType: { pattern: /^image\/(png|jpeg|webp)$/ } } },
};

export const askedPng: Assumption = {
	says: 'The picture is the PNG that was asked for',
	basis: 'page',
	check: { at: 'download', values: { mediaType: { value: 'image/png' } } },
};
