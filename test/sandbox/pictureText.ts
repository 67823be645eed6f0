export interface FittedText {
	size: number;
	lineHeight: number;
	lines: string[];
}

type Measure = (text: string, size: number) => number;

const lineFactor = 1.22;

/** The largest letters with which the text fits the area; what never fits ends in an ellipsis. */
export function fitText(
	text: string,
	area: { width: number; height: number },
	largest: number,
	smallest: number,
	measure: Measure,
): FittedText {
	// Beyond this not even the smallest letters fit, and wrapping it would only take time.
	const words = text.slice(0, 4_000).split(/\s+/).filter(Boolean);
	let size = largest;
	while (size > smallest) {
		const lines = wrap(words, area.width, size, measure);
		if (lines.length * size * lineFactor <= area.height) {
			return { size, lineHeight: size * lineFactor, lines };
		}
		size *= 0.93;
	}
	const lines = wrap(words, area.width, smallest, measure);
	const room = Math.max(1, Math.floor(area.height / (smallest * lineFactor)));
	if (lines.length > room) {
		lines.length = room;
		lines[room - 1] = `${(lines[room - 1] ?? '').slice(0, -1)}…`;
	}
	return { size: smallest, lineHeight: smallest * lineFactor, lines };
}

function wrap(words: readonly string[], width: number, size: number, measure: Measure): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of words) {
		const longer = line ? `${line} ${word}` : word;
		if (measure(longer, size) <= width) {
			line = longer;
			continue;
		}
		if (line) lines.push(line);
		line = word;
		while (measure(line, size) > width && line.length > 1) {
			const fitting = fittingLength(line, width, size, measure);
			lines.push(line.slice(0, fitting));
			line = line.slice(fitting);
		}
	}
	if (line) lines.push(line);
	return lines;
}

function fittingLength(word: string, width: number, size: number, measure: Measure): number {
	let length = word.length - 1;
	while (length > 1 && measure(word.slice(0, length), size) > width) length--;
	return length;
}
