import type { Image, SKRSContext2D } from '@napi-rs/canvas';
import { boldFont } from './pictureFonts';

interface Rectangle {
	x: number;
	y: number;
	width: number;
	height: number;
}

/** Draws a reference image, framed and whole, into the middle of a rectangle. */
export function drawReference(
	context: SKRSContext2D,
	image: Image,
	room: Rectangle,
	moreReferences: number,
): void {
	const labelHeight = Math.min(room.width, room.height) * 0.12;
	const scale = Math.min(room.width / image.width, (room.height - labelHeight) / image.height);
	const width = image.width * scale;
	const height = image.height * scale;
	const x = room.x + (room.width - width) / 2;
	const y = room.y + (room.height - labelHeight - height) / 2;
	const radius = Math.min(width, height) * 0.04;
	const frame = Math.max(2, Math.min(width, height) * 0.015);

	context.save();
	context.shadowColor = 'rgba(0, 0, 0, 0.45)';
	context.shadowBlur = frame * 5;
	context.fillStyle = '#ffffff';
	context.beginPath();
	context.roundRect(x - frame, y - frame, width + 2 * frame, height + 2 * frame, radius + frame);
	context.fill();
	context.shadowColor = 'transparent';
	context.beginPath();
	context.roundRect(x, y, width, height, radius);
	context.clip();
	context.drawImage(image, x, y, width, height);
	context.restore();

	context.font = `${labelHeight * 0.42}px "${boldFont}"`;
	context.fillStyle = 'rgba(255, 255, 255, 0.92)';
	context.textBaseline = 'middle';
	context.textAlign = 'center';
	const label = moreReferences > 0 ? `reference + ${moreReferences} more` : 'reference';
	context.fillText(label, x + width / 2, y + height + frame + labelHeight * 0.5);
	context.textAlign = 'left';
}
