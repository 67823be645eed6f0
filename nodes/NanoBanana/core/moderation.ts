/**
 * Moderation as vendors report it: in phrases and in the codes of Gemini. A single word proves nothing:
 * prompts contain "safety" too, and answers repeat prompts.
 */

/** Gemini's reasons to end without an image, as whole values. */
const codes: ReadonlySet<string> = new Set([
	...['safety', 'image safety', 'prohibited content', 'image prohibited content'],
	...['recitation', 'image recitation', 'blocklist', 'spii', 'model armor', 'nsfw'],
	...['content filter', 'content policy violation', 'moderation blocked', 'sensitive'],
	...['input moderation', 'output moderation', 'moderation', 'blocked'],
]);

/**
 * These phrases mean moderation wherever they appear. They are matched in `plainText`: lower case and
 * single spaces.
 */
const phrases: readonly RegExp[] = [
	/\b(?:content|input|output|image|prompt|text|our|by|failed|pre|post) moderat(?:ion|or)s?\b/,
	/\bmoderation (?:block|fail|error|reject|refus|system|polic|filter|check|result|service refus|flag)/,
	/\bmoderated\b(?! success)/,
	/\b(?:prohibited|disallowed|forbidden|restricted|inappropriate|offensive|harmful|unsafe|sexual|adult|illegal|hateful|violent|abusive|sensitive|nsfw|copyrighted|banned|blocked) (?:content|image|prompt|material|media|word|topic|character|term)s?\b(?! (?:type|size|format|url|dimension|resolution|length|encoding))/,
	/\b(?:explicit (?:content|material)|protected material|prohibited use)\b/,
	/\bimage (?:safety|recitation|prohibited content)\b/,
	/\b(?:finish|block|stop) ?reason (?:is |was |of )?(?:image )?(?:safety|recitation|blocklist|spii|prohibited)\b/,
	/\bsafety (?:system|filter|polic|guideline|check|reason|violation|concern|standard|block|classifier|measure|rule|requirement|threshold|restriction|feature)/,
	/\b(?:blocked|rejected|refused|flagged|filtered|declined|stopped) (?:\w+ ){1,3}safety\b/,
	/\b(?:unsafe(?! (?:url|uri|redirect|address|host|scheme|protocol|port|link|domain|origin|path|character|header))|not safe|safety (?:risk|issue|grounds))\b/,
	/\bsafety settings?\b.{0,40}\b(?:block|reject|refus|flag|filter|prevent|prohibit|violat)/,
	/\bcontent (?:polic|filter|guideline|restriction|violation|rule|safety|standard|moderation)/,
	/\b(?:usage|use|community) (?:polic(?:y|ies)|guidelines?)\b/,
	/\b(?:content|prompt|image) (?:security |safety |audit |risk |compliance )?(?:review|check|audit|inspection|detection) (?:failed|rejected|blocked|refused|(?:was |is )?not passed|did not pass|didn t pass)\b/,
	/\b(?:not|t|failed to) (?:pass|passed|passing) (?:the |our |your |a |content |safety |security |image |prompt |automated )*(?:review|audit|moderation|inspection)\b/,
	/\b(?:not|t|fails? to|non) (?:comply|compliant|conform|adhere)\b.{0,30}\b(?:polic(?:y|ies)|guidelines?|terms|rules|standards)\b/,
	/\bresponsible ai\b/,
	/\b(?:(?:person|people|minors?|children|child|celebrit(?:y|ies)|public figures?|real (?:people|persons?)|faces?|likeness) (?:generation )?(?:is |are )?(?:not (?:allowed|permitted|supported)|prohibited|forbidden|blocked|detected|disallowed)|generation of (?:\w+ ){0,2}(?:person|people|minors?|children|celebrities|public figures?) (?:is |are )?(?:not|prohibited|forbidden|blocked))\b/,
	/\b(?:celebrity|public figure|real person|real people)\b.{0,40}\b(?:likeness|polic(?:y|ies)|detected)\b/,
	/\u5ba1\u6838(?:\u4e0d|\u672a|\u5931\u8d25)|(?:\u4e0d|\u672a)\u901a\u8fc7(?:\u5185\u5bb9|\u5b89\u5168)?\u5ba1\u6838|\u654f\u611f(?:\u8bcd|\u5185\u5bb9|\u4fe1\u606f)|\u8fdd\u89c4|\u8fdd\u53cd.{0,10}(?:\u653f\u7b56|\u89c4\u5b9a)/,
	/\u043c\u043e\u0434\u0435\u0440\u0430\u0446\u0438(?:\u0435\u0438|\u0435\u0439|\u044e)|\u043d\u0430\u0440\u0443\u0448\u0430\u0435\u0442.{0,30}(?:\u043f\u043e\u043b\u0438\u0442\u0438\u043a|\u043f\u0440\u0430\u0432\u0438\u043b)|\u0437\u0430\u043f\u0440\u0435\u0449[\u0435\u0451]\u043d\u043d\S{1,4} (?:\u043a\u043e\u043d\u0442\u0435\u043d\u0442|\u0441\u043e\u0434\u0435\u0440\u0436)/,
	/\bpolicy violation|\bviolat(?:e|es|ed|ing|ion|ions)\b.{0,60}\b(?:polic(?:y|ies)|guidelines?|terms|rules|standards|rights|copyright)/,
	/\bagainst\b.{0,30}\b(?:polic(?:y|ies)|guidelines?|terms of|rules)\b/,
	/\bcopyright (?:restriction|violation|infring|material|content|protect|issue|concern|reason|polic|claim|law)/,
	/\b(?:due to|because of|for|infring\w*|protected by|on) (?:\w+ ){0,2}(?:copyright|trademark|intellectual property)\b/,
	/\bflagged (?:as|for|by|because|due|in)\b/,
	/\b(?:nsfw|nudity|hate speech|child safety|sexually explicit|prominent people|deepfakes?)\b/,
	/\bas (?:sensitive|unsafe|inappropriate|harmful|nsfw|offensive)\b/,
];

/**
 * These words mean moderation if they speak of the prompt or an image, unless another reason stands beside
 * them.
 */
const ambiguous: readonly RegExp[] = [
	/\b(?:prompt|image|picture|photo|input|output|content|request|generation|result|material|it|task|text|file)s? (?:(?:was|were|has|have|had|is|are|got|been|being|also|automatically|probably|likely) ){1,3}(?:rejected|refused|blocked|filtered|flagged|declined|prohibited|censored)\b/,
	/\b(?:rejected|refused|blocked|filtered|flagged|declined|censored) (?:the |your |this |our |for |due to |because of )*(?:prompt|image|content|input|picture|safety|sensitiv\w*)\b/,
	/\b(?:prompt|content|image|input) (?:blocked|rejected|refused|filtered|flagged)\b/,
	/\bblocked by (?:google|gemini|the model|the provider)\b/,
];

const otherReason =
	/\b(?:invalid|parameter|decod\w*|corrupt\w*|be read|not read|download\w*|fetch\w*|unreadable|broken|cloudflare|waf|verif(?:y|ied)|free (?:accounts?|plans?|tier|users?)|upgrade|subscri\w*|too (?:large|many|long|big|small|short|often|busy)|rate limit|quota|credits?|balance|time ?out|timed out|overload\w*|capacity|busy|unsupported|not supported|format|dimensions?|resolution|upstream|gateway|firewall|cors|api key|unavailable|maintenance|concurren\w*|retry|http \d+|megabytes?|mb)\b/;

/**
 * Whether a text says that the prompt or an image was refused for its content.
 *
 * @param prompt what was asked, which the text may repeat: that says nothing
 */
export function speaksOfModeration(text: string, prompt?: string): boolean {
	const words = plainText(withoutPrompt(text, prompt));
	if (codes.has(words)) return true;
	if (phrases.some((phrase) => phrase.test(words))) return true;
	return ambiguous.some((phrase) => phrase.test(words)) && !otherReason.test(words);
}

/** Whether the vendor's code for the end of a task is one of moderation. */
export function isModerationCode(code: string | undefined): boolean {
	return code !== undefined && codes.has(plainReason(code));
}

/** The reason behind its type, and without its number: `<FinishReason.STOP: 1>` is `stop`. */
export function plainReason(reason: string): string {
	return plainText(reason)
		.replace(/^(?:candidate )?(?:finish|block|stop) ?reason /, '')
		.replace(/ \d{1,3}$/, '');
}

const longestText = 2_000;
const longestPrompt = 20_000;

/**
 * The text in lower case, without escapes, with one space for everything that is not a letter or a digit.
 */
export function plainText(text: string): string {
	return tokens(text.slice(0, longestText)).join(' ');
}

function tokens(text: string): readonly string[] {
	return unescaped(text)
		.normalize('NFKC')
		.toLowerCase()
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
}

/** The text behind the escapes of JSON, URLs and HTML, which differ from prompt to echo. */
function unescaped(text: string): string {
	return text
		.replace(/(?<!\\)\\+u([\da-f]{4})/gi, (_escape, hex: string) =>
			String.fromCharCode(Number.parseInt(hex, 16)),
		)
		.replace(/(?<!\\)\\+[nrtbf]/g, ' ')
		.replace(/&(?:amp;)*(?:#x?[\da-f]{1,6}|[a-z]{2,8});/gi, ' ')
		.replace(/(?:%[\da-f]{2})+/gi, (escapes) =>
			Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
		);
}

/** Vendors shorten what they repeat, at its end or on both sides. */
const wordsOfBeginning = 4;
const wordsOfPart = 8;

/**
 * The text without what it repeats of the prompt. A prompt of one word, and a few words from its middle,
 * are left in: they may be the vendor's own.
 */
export function withoutPrompt(text: string, prompt: string | undefined): string {
	const asked = tokens((prompt ?? '').slice(0, longestPrompt));
	if (asked.length < 2) return text;
	const words = tokens(text.slice(0, longestText));
	const isEcho = new Set<number>();
	const mark = (at: number, length: number): void => {
		for (let word = at; word < at + length; word++) isEcho.add(word);
	};
	const parts = new Set(asked.map((_word, at) => asked.slice(at, at + wordsOfPart).join(' ')));
	for (const at of words.keys()) {
		let length = 0;
		while (length < asked.length && words[at + length] === asked[length]) length++;
		if (length >= Math.min(wordsOfBeginning, asked.length)) mark(at, length);
		const part = words.slice(at, at + wordsOfPart);
		if (part.length === wordsOfPart && parts.has(part.join(' '))) mark(at, wordsOfPart);
	}
	if (isEcho.size === 0) return text;
	return words.map((word, at) => (isEcho.has(at) ? '|' : word)).join(' ');
}
