import { withWords, saidIn } from '../../../nodes/NanoBanana/core/wordsInstead';

const url = 'https://cdn.example/a.png';

function read(result: unknown, prompt?: string) {
	const snapshot = { taskId: 't', state: 'succeeded', vendorState: 'done', images: [] } as const;
	return withWords('Vendor', snapshot, saidIn(result), prompt);
}

describe('words that show an image', () => {
	it.each<[unknown, string?]>([
		[{ content: url }],
		[{ content: 'https://cdn.example/a' }, 'https://cdn.example/a'],
		[{ text: `Here is your image: ${url}` }],
		[{ text: `Here is your image: ${url}.` }],
		[{ text: `[image](${url})` }],
		[{ text: `Done! [Download](${url}?sig=a%2Fb&x=1)` }, `${url}?sig=a%2Fb&x=1`],
		[{ results: [{ url: '', content: url }] }],
		[{ text: `![image](https://cdn.example/a)` }, 'https://cdn.example/a'],
		[{ text: `<a href="${url}">image</a>` }],
	])('%j', (result, expected = url) => {
		expect(read(result)).toMatchObject({ state: 'succeeded', images: [{ url: expected }] });
	});

	it.each([
		'I cannot make this. See [our policy](https://policies.example/use).',
		'This violates the content policy: https://policies.example/use.png',
		`I am unable to edit ${url} because it is too small.`,
		`What do you want me to change in ${url}?`,
		'Read more at https://policies.example/terms',
	])('but none in %j', (text) => {
		expect(read({ text })).toMatchObject({ state: 'failed', images: [] });
	});

	it('but none that the prompt already has', () => {
		const prompt = `Put a hat on the dog of ${url}`;
		expect(read({ text: `I read: ${prompt}` }, prompt).images).toEqual([]);
	});
});

describe('a reason to end', () => {
	it.each([
		...['FinishReason.STOP', '<FinishReason.STOP: 1>', "<FinishReason.STOP: 'STOP'>"],
		...['FINISH_REASON_STOP', 'finishReason: STOP', 'Candidate.FinishReason.STOP', 1, 0],
		...['MAX_TOKENS', 'FinishReason.MAX_TOKENS', 'length', 'STOP_SEQUENCE', 'end_turn'],
	])('%j is ordinary: the image is only late', (finishReason) => {
		expect(read({ finish_reason: finishReason }).state).toBe('succeeded');
	});

	it.each([
		['FinishReason.SAFETY', 'contentRejected'],
		['<FinishReason.PROHIBITED_CONTENT: 8>', 'contentRejected'],
		['IMAGE_OTHER', 'wordsInstead'],
		['FinishReason.NO_IMAGE', 'wordsInstead'],
	])('%j is none', (finishReason, reason) => {
		const { state, failure } = read({ finish_reason: finishReason });
		expect([state, failure?.reason]).toEqual(['failed', reason]);
	});
});
