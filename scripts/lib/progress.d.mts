/** Does something long and says every few seconds that it is still going on. */
export function withProgress<T>(label: string, folder: string, work: () => Promise<T>): Promise<T>;
