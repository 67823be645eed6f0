import { Failure, type ApiRequest } from './exchange';
import type { SandboxSettings } from './settings';
import type { Verb } from './types';

/** Sliding windows of requests, for the vendors that have such a limit switched on. */
export class RequestLimits {
	private readonly moments = new Map<string, number[]>();

	constructor(private readonly settings: SandboxSettings) {}

	/** Refuses a request that is over its vendor's limit. */
	check(request: ApiRequest, verb: Verb): void {
		const limit =
			request.vendor === 'runbase'
				? this.settings.runbaseRequestLimit
				: request.vendor === 'apikley' && verb === 'submit'
					? this.settings.apikleySubmitLimit
					: null;
		if (!limit) return;
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
