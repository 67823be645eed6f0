import { GlobalFonts } from '@napi-rs/canvas';

export const boldFont = 'Sandbox Bold';
export const plainFont = 'Sandbox Plain';

let fontsAreReady = false;

/** Registers the fonts that come with a package, so that no font of the system is needed. */
export function prepareFonts(): void {
	if (fontsAreReady) return;
	GlobalFonts.registerFromPath(
		require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
		boldFont,
	);
	GlobalFonts.registerFromPath(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), plainFont);
	fontsAreReady = true;
}
