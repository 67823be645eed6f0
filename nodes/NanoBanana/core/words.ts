/**
 * The values that saved workflows hold. They are an API: add to them, never rename one.
 * Each vendor maps them to its own words in its folder.
 */

export const modelIds = ['nanoBananaPro', 'nanoBanana', 'nanoBanana2', 'nanoBananaFast'] as const;
export type ModelId = (typeof modelIds)[number];

export const modelNames: Readonly<Record<ModelId, string>> = {
	nanoBananaPro: 'Nano Banana Pro',
	nanoBanana: 'Nano Banana',
	nanoBanana2: 'Nano Banana 2',
	nanoBananaFast: 'Nano Banana Fast',
};

/** The ratios that every Nano Banana model takes. */
export const commonAspectRatios = [
	'auto',
	'1:1',
	'2:3',
	'3:2',
	'3:4',
	'4:3',
	'4:5',
	'5:4',
	'9:16',
	'16:9',
	'21:9',
] as const;

/** The further ratios are banners and columns that few models make. */
export const aspectRatios = [...commonAspectRatios, '1:4', '4:1', '1:8', '8:1'] as const;
export type AspectRatio = (typeof aspectRatios)[number];

/** The ratios that name a format, as `options.aspectRatios` takes them. */
export const formatRatios = aspectRatios.filter((ratio) => ratio !== 'auto');
export type FormatRatio = (typeof formatRatios)[number];

export const resolutions = ['1K', '2K', '4K'] as const;
export type Resolution = (typeof resolutions)[number];

export const outputFormats = ['png', 'jpg'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** How many images one input item may ask for, at every vendor. */
export const maxNumberOfImages = 6;

/** The limit over all ratios of an item, so that a slip in an expression does not buy an album. */
export const maxImagesOfItem = 30;

/** Options that have no effect where the workflow goes on at once, without an image. */
export const optionsOfImages: readonly string[] = [
	'binaryField',
	'download',
	'fileName',
	'output',
	'pollInterval',
	'timeout',
];

/** When the workflow goes on: "When to Continue". */
export const completions = ['wait', 'callback', 'submit'] as const;
export type Completion = (typeof completions)[number];

export const completionNames: Readonly<Record<Completion, string>> = {
	wait: 'When the Image Is Ready',
	callback: 'When the Vendor Calls Back',
	submit: 'Immediately, With the Task',
};

/** How several images of an input item come out: "Output". */
export const outputs = ['itemPerImage', 'itemPerInput'] as const;

export const outputNames: Readonly<Record<(typeof outputs)[number], string>> = {
	itemPerImage: 'One Item per Image',
	itemPerInput: 'One Item per Input Item',
};
