/** Finds npm's own JavaScript, so that npm can be run by any Node and without a shell. */
export function findNpm(): string;
