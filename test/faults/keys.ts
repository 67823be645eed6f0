let keysMade = 0;

/** A key for one cell alone, so that one that turns up anywhere is known. */
export function newKey(): string {
	return `secret-of-cell-${++keysMade}-${crypto.randomUUID()}`;
}

export const keyPattern = /secret-of-cell-\d+-[0-9a-f-]{36}/g;
