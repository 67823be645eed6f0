import { Failure, type ApiRequest } from './exchange';
import type { SandboxSettings } from './settings';
import type { Verb } from './types';
import { partOf } from './vendors';

/** Sliding windows of requests, for the vendors that have such a limit switched on. */
export class RequestLimits {
	private readonly moments = new Map<string, number[]>();

	constructor(private readonly settings: SandboxSettings) {}

	/** Refuses a request that is over its vendor's limit. */
	check(request: ApiRequest, verb: Verb): void {
		const limit = this.settings.requestLimits[request.vendor];
		if (!limit || partOf(request.vendor).limitedVerbs?.includes(verb) === false) return;
		const now = Date.now();
		const recent = (this.moments.get(request.vendor) ?? []).filter(
			(moment) => now - moment < limit.windowMs,
		);
		this.moments.set(request.vendor, recent);
		if (recent.length >= limit.requests) {
			throw new Failure('rateLimited', 'Rate limit exceeded');
		}
		recent.push(now);
	}

	/** Forgets all requests. */
	clear(): void {
		this.moments.clear();
	}
}
