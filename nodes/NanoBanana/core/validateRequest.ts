import { failed, success, type Failure, type Outcome } from './failure';
import { wellFormed } from './text';
import { numberOf } from './tolerant';
import {
	choiceOf,
	holdsExpression,
	isBlank,
	listed,
	lostObject,
	quoted,
	writtenText,
	type Names,
} from './typedValues';
import type { ImageVendor, JsonObject, ModelCapabilities } from './vendor';
import {
	aspectRatios,
	formatRatios,
	maxImagesOfItem,
	maxNumberOfImages,
	modelIds,
	modelNames,
	outputFormats,
	resolutions,
	type AspectRatio,
	type FormatRatio,
	type ModelId,
	type OutputFormat,
	type Resolution,
} from './words';

/** Google's number for Gemini 3 Pro Image; no Nano Banana model takes more. */
const maxReferencesOfAnyModel = 14;

/** The user's request in one item, as n8n gives it: nothing in it is trusted. */
export interface AskedRequest {
	readonly operation: 'generate' | 'edit';
	readonly model: unknown;
	readonly customModel: unknown;
	readonly prompt: unknown;
	readonly aspectRatio: unknown;
	/** A list in any form; empty where `aspectRatio` counts. */
	readonly aspectRatios?: unknown;
	readonly resolution: unknown;
	/** Undefined where the panel does not offer it. */
	readonly outputFormat: unknown;
	readonly numberOfImages: unknown;
	/** The number of files and URLs together. */
	readonly referenceCount: number;
}

export interface CheckedRequest {
	/** Our id, or the vendor's own as the user typed it. */
	readonly model: string;
	readonly vendorModel: string;
	readonly prompt: string;
	/** The first one, where the item asks for several ratios. */
	readonly aspectRatio: AspectRatio;
	/** Images are made in each of these, in this order; undefined where `aspectRatio` alone was chosen. */
	readonly aspectRatios: readonly FormatRatio[] | undefined;
	readonly resolution: Resolution | undefined;
	readonly outputFormat: OutputFormat | undefined;
	/** The number for each ratio. */
	readonly numberOfImages: number;
	/** Checked separately. */
	readonly additionalFields?: JsonObject;
	/** Options that were dropped, in words for the user. */
	readonly warnings: readonly string[];
}

/** The values of the panel at rest: an empty cell of a sheet stands for them, too. */
const defaults = {
	model: 'nanoBananaPro',
	aspectRatio: 'auto',
	resolution: '1K',
	outputFormat: 'png',
	numberOfImages: 1,
} as const;

/** Refuses a request that the vendor would refuse, before anything is spent. */
export function validateRequest(asked: AskedRequest, vendor: ImageVendor): Outcome<CheckedRequest> {
	const warnings: string[] = [];
	const model = choiceOr(defaults.model, asked.model, modelIds, modelNames);
	if (model === undefined) {
		const offered = modelIds.filter((id) => vendor.models[id] !== undefined);
		return invalid(unknownValue('Model', asked.model, offered, `at ${vendor.displayName}`));
	}
	const custom = checkCustomModel(asked.customModel);
	if (!custom.ok) return custom;
	const capabilities =
		custom.value === ''
			? vendor.models[model]
			: { ...vendor.customModel, vendorModel: custom.value };
	if (capabilities === undefined) return failed(lacksModel(model, vendor));
	const isListed = vendor.models[model] === capabilities;
	const withModel = `with ${isListed ? modelNames[model] : capabilities.vendorModel}`;

	const prompt = checkPrompt(asked.prompt, vendor);
	if (!prompt.ok) return prompt;

	const ratios = listed(asked.aspectRatios);
	const formats = ratios.length === 0 ? undefined : checkFormats(ratios, capabilities, vendor);
	if (formats?.ok === false) return formats;
	const aspectRatio =
		formats?.value[0] ?? choiceOr(defaults.aspectRatio, asked.aspectRatio, aspectRatios);
	if (aspectRatio === undefined || !capabilities.aspectRatios.includes(aspectRatio)) {
		return invalid(
			unknownValue('Aspect Ratio', asked.aspectRatio, capabilities.aspectRatios, withModel),
		);
	}

	const resolution = choiceOr(defaults.resolution, asked.resolution, resolutions);
	const hasResolution = capabilities.resolutions.length > 0;
	const offeredResolutions = hasResolution ? capabilities.resolutions : resolutions;
	if (resolution === undefined || !offeredResolutions.includes(resolution)) {
		return invalid(unknownValue('Resolution', asked.resolution, offeredResolutions, withModel));
	}
	if (!hasResolution && resolution !== '1K') {
		warnings.push(
			`${vendor.displayName} has no choice of resolution for this model: ${resolution} was left out.`,
		);
	}

	const hasFormat = capabilities.outputFormats.length > 0;
	const offeredFormats = hasFormat ? capabilities.outputFormats : outputFormats;
	const outputFormat = choiceOr(defaults.outputFormat, asked.outputFormat, outputFormats);
	if (outputFormat === undefined || !offeredFormats.includes(outputFormat)) {
		return invalid(unknownValue('Output Format', asked.outputFormat, offeredFormats, withModel));
	}
	if (!hasFormat && outputFormat !== 'png') {
		warnings.push(
			`${vendor.displayName} has no choice of format for this model: ${outputFormat} was left out.`,
		);
	}

	const numberOfImages = isBlank(asked.numberOfImages)
		? defaults.numberOfImages
		: numberOf(asked.numberOfImages);
	const isCount = numberOfImages !== undefined && Number.isInteger(numberOfImages);
	if (!isCount || numberOfImages < 1 || numberOfImages > maxNumberOfImages) {
		return invalid(
			`'Number of Images' is ${quoted(asked.numberOfImages)}`,
			`Choose a whole number from 1 to ${maxNumberOfImages}.`,
		);
	}
	const formatCount = formats?.value.length ?? 1;
	if (formatCount * numberOfImages > maxImagesOfItem) {
		return invalid(
			`${formatCount} aspect ratios with ${numberOfImages} images each are ${formatCount * numberOfImages} images; one item can ask for at most ${maxImagesOfItem}`,
			'Choose fewer ratios or a smaller Number of Images, or send several items.',
		);
	}

	if (asked.operation === 'edit') {
		const { maxReferences = maxReferencesOfAnyModel } = capabilities;
		const problem = referenceProblem(asked, vendor, maxReferences, withModel);
		if (problem !== undefined) return failed(problem);
	}

	return success({
		model: isListed ? model : capabilities.vendorModel,
		vendorModel: capabilities.vendorModel,
		prompt: prompt.value,
		aspectRatio,
		aspectRatios: formats?.value,
		resolution: hasResolution ? resolution : undefined,
		outputFormat: hasFormat ? outputFormat : undefined,
		numberOfImages,
		warnings,
	});
}

/** The vendor's own id of a model; empty where the list of models counts. */
function checkCustomModel(asked: unknown): Outcome<string> {
	if (isBlank(asked)) return success('');
	const [single] = Array.isArray(asked) && asked.length === 1 ? (asked as unknown[]) : [asked];
	const id = typeof single === 'string' ? single.replace(/\p{Cf}/gu, '').trim() : '';
	// An expression that n8n has not evaluated, or JSON, has brackets; no id has.
	if (id !== '' && !/[[\]{}"]|^(?:null|undefined)$/.test(id)) return success(wellFormed(id));
	return invalid(
		`'Custom Model' (under Options) is ${quoted(asked)}, which is not a model ID`,
		holdsExpression(id)
			? 'Switch the field to Expression.'
			: "Give one model ID as text, or empty 'Custom Model' to use 'Model'.",
	);
}

function choiceOr<Value extends string>(
	byDefault: Value,
	asked: unknown,
	choices: readonly Value[],
	names?: Names<Value>,
): Value | undefined {
	return isBlank(asked) ? byDefault : choiceOf(asked, choices, names);
}

function checkPrompt(asked: unknown, vendor: ImageVendor): Outcome<string> {
	const prompt = writtenText(asked);
	if (prompt === undefined) {
		return invalid(
			'The prompt is a value that cannot be written as text',
			'Use text, a list of texts, or plain JSON.',
		);
	}
	if (prompt === '') {
		return invalid(
			'The prompt is empty',
			'Write a prompt, or check that its expression finds text in this item.',
		);
	}
	if (prompt.includes(lostObject)) {
		return invalid(
			`The prompt has "${lostObject}" in it: an expression put an object among the words`,
			'Name one field of the object in the expression, or write it as JSON: {{ JSON.stringify($json.field) }}.',
		);
	}
	const { maxPromptLength } = vendor;
	if (maxPromptLength === undefined || prompt.length <= maxPromptLength) return success(prompt);
	return invalid(
		`The prompt has ${prompt.length} characters; ${vendor.displayName} takes at most ${maxPromptLength}`,
		'Shorten the prompt.',
	);
}

/** Each ratio once, in the order chosen. */
function checkFormats(
	entries: readonly unknown[],
	capabilities: ModelCapabilities,
	vendor: ImageVendor,
): Outcome<readonly FormatRatio[]> {
	const offered = formatRatios.filter((ratio) => capabilities.aspectRatios.includes(ratio));
	const formats = new Set<FormatRatio>();
	for (const entry of entries) {
		const ratio = choiceOf(entry, formatRatios);
		if (ratio === undefined) {
			return invalid(
				`'Aspect Ratios' (under Options) has ${quoted(entry)}, but can only have: ${offered.join(', ')}`,
				choiceOf(entry, ['auto']) === 'auto'
					? "Take auto out. To leave the ratio to the vendor, empty 'Aspect Ratios' and use 'Aspect Ratio'."
					: 'Choose from the list, or give an array or a text with commas, for instance 1:1, 9:16.',
			);
		}
		if (!offered.includes(ratio)) {
			return invalid(
				`'Aspect Ratios' (under Options) has ${ratio}, which ${vendor.displayName} does not make with this model; it makes: ${offered.join(', ')}`,
				"Take it out of 'Aspect Ratios', or choose another model.",
			);
		}
		formats.add(ratio);
	}
	return success([...formats]);
}

function referenceProblem(
	asked: AskedRequest,
	vendor: ImageVendor,
	maxCount: number,
	withModel: string,
): Failure | undefined {
	const count = asked.referenceCount;
	if (count === 0) {
		return {
			reason: 'invalidRequest',
			message: 'An edit needs at least one reference image, and this item has none',
			hint: "Name a binary field that holds an image in 'Image Field Name(s)', or give a URL in 'Reference URLs'.",
		};
	}
	if (count > maxCount) {
		return {
			reason: 'invalidRequest',
			message: `There are ${count} reference images; ${vendor.displayName} takes at most ${maxCount} ${withModel}`,
			hint: 'Leave some of them out.',
		};
	}
	return undefined;
}

function lacksModel(model: ModelId, vendor: ImageVendor): Failure {
	const offered = modelIds.filter((id) => vendor.models[id] !== undefined);
	return {
		reason: 'unsupported',
		message: `${vendor.displayName} does not offer ${modelNames[model]}`,
		hint: `Choose ${offered.map((id) => modelNames[id]).join(', ')}, or type the vendor’s own model ID in 'Custom Model' under 'Options'.`,
	};
}

function unknownValue(
	name: string,
	value: unknown,
	allowed: readonly string[],
	condition: string,
): string {
	return `'${name}' is ${quoted(value)}, but ${condition} it can only be one of: ${allowed.join(', ')}`;
}

function invalid(
	message: string,
	hint?: string,
): { readonly ok: false; readonly failure: Failure } {
	return failed({ reason: 'invalidRequest', message, ...(hint === undefined ? {} : { hint }) });
}
