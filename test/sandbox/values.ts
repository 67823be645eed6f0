/** A value in some JSON, by its names with points between them. */
export function valueAt(value: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((found, name) => {
		if (typeof found !== 'object' || found === null) return undefined;
		return (found as Record<string, unknown>)[name];
	}, value);
}
