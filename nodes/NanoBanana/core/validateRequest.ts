import { failed, success, type Failure, type Outcome } from './failure';
import { addressKind, parseHttpUrl } from './urls';
import type { ImageVendor, ModelCapabilities } from './vendor';
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
	/** An array or a text with commas; empty where `aspectRatio` counts. */
	readonly aspectRatios?: unknown;
	readonly resolution: unknown;
	/** Undefined where the panel does not offer it. */
	readonly outputFormat: unknown;
	readonly numberOfImages: unknown;
	readonly referenceUrls: readonly string[];
	readonly referenceFileCount: number;
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
	/** Of each ratio. */
	readonly numberOfImages: number;
	/** Options that were dropped, in words for the user. */
	readonly warnings: readonly string[];
}

/** Refuses a request that the vendor would refuse, before anything is spent. */
export function validateRequest(asked: AskedRequest, vendor: ImageVendor): Outcome<CheckedRequest> {
	const warnings: string[] = [];
	const model = oneOf(asked.model, modelIds);
	if (model === undefined) return invalid(unknownValue('Model', asked.model, modelIds));
	const capabilities = capabilitiesOf(model, asked.customModel, vendor);
	if (capabilities === undefined) return failed(lacksModel(model, vendor));
	const isListed = vendor.models[model] === capabilities;
	const withModel = `with ${isListed ? modelNames[model] : capabilities.vendorModel}`;

	const prompt = typeof asked.prompt === 'string' ? asked.prompt.trim() : '';
	if (prompt === '') {
		return invalid(
			'The prompt is empty',
			'Write a prompt, or check that its expression finds a text in this item.',
		);
	}
	const { maxPromptLength } = vendor;
	if (maxPromptLength !== undefined && prompt.length > maxPromptLength) {
		return invalid(
			`The prompt has ${prompt.length} characters; ${vendor.displayName} takes at most ${maxPromptLength}`,
			'Shorten the prompt.',
		);
	}

	const listed = listedRatios(asked.aspectRatios);
	const formats = listed.length === 0 ? undefined : checkFormats(listed, capabilities, vendor);
	if (formats?.ok === false) return formats;
	const aspectRatio = formats?.value[0] ?? oneOf(asked.aspectRatio, aspectRatios);
	if (aspectRatio === undefined) {
		return invalid(unknownValue('Aspect Ratio', asked.aspectRatio, aspectRatios));
	}
	if (!capabilities.aspectRatios.includes(aspectRatio)) {
		return invalid(unknownValue('Aspect Ratio', aspectRatio, capabilities.aspectRatios, withModel));
	}

	const resolution = oneOf(asked.resolution, resolutions);
	if (resolution === undefined) {
		return invalid(unknownValue('Resolution', asked.resolution, resolutions));
	}
	const hasResolution = capabilities.resolutions.length > 0;
	if (hasResolution && !capabilities.resolutions.includes(resolution)) {
		return invalid(unknownValue('Resolution', resolution, capabilities.resolutions, withModel));
	}
	if (!hasResolution && resolution !== '1K') {
		warnings.push(
			`${vendor.displayName} has no choice of resolution for this model: ${resolution} was left out.`,
		);
	}

	const hasFormat = capabilities.outputFormats.length > 0;
	const outputFormat = oneOf(asked.outputFormat ?? 'png', outputFormats);
	if (outputFormat === undefined) {
		return invalid(unknownValue('Output Format', asked.outputFormat, outputFormats));
	}
	if (hasFormat && !capabilities.outputFormats.includes(outputFormat)) {
		return invalid(
			unknownValue('Output Format', outputFormat, capabilities.outputFormats, withModel),
		);
	}
	if (!hasFormat && outputFormat !== 'png') {
		warnings.push(
			`${vendor.displayName} has no choice of format for this model: ${outputFormat} was left out.`,
		);
	}

	const numberOfImages = Number(asked.numberOfImages);
	const isCount = Number.isInteger(numberOfImages) && numberOfImages >= 1;
	if (!isCount || numberOfImages > maxNumberOfImages) {
		return invalid(
			`'Number of Images' is ${shown(asked.numberOfImages)}`,
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
		prompt,
		aspectRatio,
		aspectRatios: formats?.value,
		resolution: hasResolution ? resolution : undefined,
		outputFormat: hasFormat ? outputFormat : undefined,
		numberOfImages,
		warnings,
	});
}

function capabilitiesOf(
	model: ModelId,
	customModel: unknown,
	vendor: ImageVendor,
): ModelCapabilities | undefined {
	const typed = typeof customModel === 'string' ? customModel.trim() : '';
	return typed === '' ? vendor.models[model] : { ...vendor.customModel, vendorModel: typed };
}

/** The entries of an expression's value: an array, or a text with commas. */
function listedRatios(asked: unknown): readonly unknown[] {
	const entries: readonly unknown[] = Array.isArray(asked)
		? asked
		: typeof asked === 'string'
			? asked.split(',')
			: [asked ?? ''];
	return entries
		.map((entry) => (typeof entry === 'string' ? entry.trim() : entry))
		.filter((entry) => entry !== '');
}

/** Each ratio once, in the order chosen. */
function checkFormats(
	listed: readonly unknown[],
	capabilities: ModelCapabilities,
	vendor: ImageVendor,
): Outcome<readonly FormatRatio[]> {
	const offered = formatRatios.filter((ratio) => capabilities.aspectRatios.includes(ratio));
	const formats = new Set<FormatRatio>();
	for (const entry of listed) {
		const ratio = oneOf(entry, formatRatios);
		if (ratio === undefined) {
			return invalid(
				`'Aspect Ratios' (under Options) has ${shown(entry)}, but can only have: ${offered.join(', ')}`,
				entry === 'auto'
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
	const count = asked.referenceUrls.length + asked.referenceFileCount;
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
	for (const reference of asked.referenceUrls) {
		const url = parseHttpUrl(reference);
		if (url === undefined || addressKind(url) === 'forbidden') {
			return {
				reason: 'invalidRequest',
				message: `The reference URL "${shown(reference)}" cannot be used`,
				hint: "Give a full URL that starts with https:// and holds no user name or password in 'Reference URLs'.",
			};
		}
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
	condition?: string,
): string {
	const when = condition === undefined ? 'but can' : `but ${condition} it can`;
	return `'${name}' is ${shown(value)}, ${when} only be one of: ${allowed.join(', ')}`;
}

function invalid(
	message: string,
	hint?: string,
): { readonly ok: false; readonly failure: Failure } {
	return failed({ reason: 'invalidRequest', message, ...(hint === undefined ? {} : { hint }) });
}

function oneOf<Value extends string>(value: unknown, allowed: readonly Value[]): Value | undefined {
	return allowed.find((entry) => entry === value);
}

function shown(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined);
	return text === undefined || text === '' ? 'empty' : text.slice(0, 80);
}
