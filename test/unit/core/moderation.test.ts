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
		'The prompt contains blocked words',
		'Your prompt includes banned words',
		'Content review failed',
		'Content security check failed',
		'Content check did not pass',
		'Your content did not pass review',
		'The image has not passed the review',
		'It does not comply with our policies',
		'This request is not compliant with the usage policy',
		'Filtered out because of responsible AI policy',
		'The image contains copyrighted characters',
		'person generation not allowed',
		'Generation of minors is not permitted',
		'Public figures are not allowed',
		'celebrity likeness detected',
		'Images of real people are not supported by our policy',
		'\u5185\u5bb9\u5ba1\u6838\u4e0d\u901a\u8fc7',
		'\u63d0\u793a\u8bcd\u5305\u542b\u654f\u611f\u8bcd',
		'\u56fe\u7247\u8fdd\u89c4',
		'\u0417\u0430\u043f\u0440\u043e\u0441 \u043e\u0442\u043a\u043b\u043e\u043d\u0451\u043d \u043c\u043e\u0434\u0435\u0440\u0430\u0446\u0438\u0435\u0439',
		'\u0417\u0430\u043f\u0440\u043e\u0441 \u043d\u0430\u0440\u0443\u0448\u0430\u0435\u0442 \u043f\u043e\u043b\u0438\u0442\u0438\u043a\u0443 \u043a\u043e\u043d\u0442\u0435\u043d\u0442\u0430',
		'\u0417\u0430\u043f\u0440\u0435\u0449\u0435\u043d\u043d\u044b\u0439 \u043a\u043e\u043d\u0442\u0435\u043d\u0442',
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
		'Input image was rejected (could not be decoded)',
		'image was rejected because it could not be read',
		'image file was rejected: corrupt file',
		'The image was rejected: failed to download',
		'image_url: forbidden content type text/html',
		'The image has an illegal image size',
		'unsafe url',
		'unsafe redirect in image_url',
		'unknown parameter safety_settings',
		'safety_settings: field not permitted',
		'Your request was blocked by Cloudflare',
		'The request was blocked by a WAF rule',
		'prompt is blocked until your account is verified',
		'Image generation is prohibited for free accounts',
		'The task was rejected: please upgrade your plan',
		'The public figures field is not allowed here',
		'moderation of the account is pending',
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
