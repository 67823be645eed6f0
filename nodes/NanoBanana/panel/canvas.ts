import { vendors } from '../vendors';
import type { OfferedOperation } from './properties';

/** The texts about a node outside of its panel: n8n expressions over its parameters. */

const vendorName = textFor(
	'$parameter["vendor"]',
	vendors.map(({ id, displayName }) => [id, displayName]),
);

/** "SkillBoss: generate"; the operations of other resources name those: "SkillBoss: cancel task". */
export function subtitleOf(operations: readonly OfferedOperation[]): string {
	const operationName = textFor(
		'$parameter["resource"] + "." + $parameter["operation"]',
		operations.map(({ resource, operation, name, action }) => [
			`${resource}.${operation}`,
			(resource === 'image' ? name : action).toLowerCase(),
		]),
	);
	return `={{ ${vendorName} + ": " + ${operationName} }}`;
}

export const triggerSubtitle = `={{ ${vendorName} + ": image finished" }}`;

/** Shown on the canvas and in the output while the execution is parked. */
export const waitingNodeTooltip = `={{ "The execution is parked until " + ${vendorName} + " calls back. It continues by itself when all tasks have ended, or after the timeout." }}`;

/** An expression that finds a text by its name, without two closing braces: n8n takes those for its end. */
function textFor(name: string, texts: ReadonlyArray<readonly [string, string]>): string {
	return `(${JSON.stringify(Object.fromEntries(texts))})[${name}]`;
}
