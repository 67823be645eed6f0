import { speaksOfModeration } from '../../../nodes/NanoBanana/core/moderation';
import { codeOfWords } from '../../../nodes/NanoBanana/core/vendorText';

describe('moderation, in the words of vendors', () => {
	it.each([
		'Your prompt was flagged by Website as violating content policies',
		'The input image was flagged as sensitive. Please use another one.',
		'The output was rejected',
		'Your request was rejected',
		'generation rejected: content policies',
		'The image could not be made due to copyright restrictions',
		'PROHIBITED_CONTENT',
		'IMAGE_SAFETY',
		'finishReason: SAFETY',
		'FinishReason.IMAGE_PROHIBITED_CONTENT',
		'blockReason: BLOCKLIST',
		'RECITATION',
		'SPII',
		'content_policy_violation',
		'input_moderation',
		'Rejected by our safety system',
		'Prompt blocked by content policy',
		'The content was blocked by the safety filters',
		'flagged by safety',
		'This violates our usage guidelines.',
		'The prompt contains sensitive words',
		'Image contains inappropriate content',
		'NSFW content detected',
		'content&nbsp;filter triggered',
		'Das Bild verst\u00f6\u00dft gegen die Content Policy',
	])('%j', (text) => {
		expect(speaksOfModeration(text)).toBe(true);
	});

	it.each([
		'upstream error',
		'the safety service timed out',
		'The image could not be generated',
		'Invalid aspect_ratio: the request was rejected',
		'Your request was rejected: rate limit reached',
		'The image was refused by the upstream gateway',
		'API key blocked',
		'content-type is not supported',
		'The parameter is case sensitive',
		'insufficient balance, see our policy',
		'moderate load, try again',
		'The output format was rejected: unsupported',
		'',
	])('not in %j', (text) => {
		expect(speaksOfModeration(text)).toBe(false);
	});
});

describe('a prompt that the vendor repeats', () => {
	const cases: ReadonlyArray<readonly [string, string]> = [
		['a worker in a yellow safety vest', 'could not draw "a worker in a yellow safety vest"'],
		['A sign: content policy violation ahead', 'Failed for A SIGN: Content Policy Violation Ahead'],
		[
			'a "no nudity" sign\non a beach',
			`bad input: ${JSON.stringify({ prompt: JSON.stringify('a "no nudity" sign\non a beach') })}`,
		],
		[
			'prohibited content & safety filters',
			'failed: prohibited%20content%20%26%20safety%20filters',
		],
		['prohibited content & safety filters', 'failed: prohibited content &amp; safety filters'],
		[
			'the long tale of a moderator who was flagged as sensitive by a machine, and of his dog',
			'timeout on "the long tale of a moderator who was flagged as sensitive by a ma…"',
		],
		[
			'Schild \u201eunsafe content\u201c in rot',
			'Fehler bei Schild \\u201eunsafe content\\u201c in rot',
		],
	];

	it.each(cases)('%j says nothing', (prompt, text) => {
		expect(speaksOfModeration(text, prompt)).toBe(false);
	});

	it.each(cases)('%j does not hide what the vendor says itself', (prompt, text) => {
		expect(speaksOfModeration(`${text}. It was flagged as sensitive.`, prompt)).toBe(true);
	});

	it('of one word is not taken out of the vendor’s own', () => {
		expect(speaksOfModeration('blocked by the safety filter', 'safety')).toBe(true);
	});

	it('says nothing of any other trouble either', () => {
		const prompt = 'an insufficient balance of too many rate limits';
		expect(codeOfWords(`Error: ${prompt}`, prompt)).toBeUndefined();
		expect(codeOfWords(`Error: ${prompt}. Unauthorized`, prompt)).toBe('authentication');
	});
});
