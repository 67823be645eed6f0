import { failed, success, type Outcome } from './failure';

/** What a credential holds, as it is used. */
export interface VendorAccess {
	/** Printable ASCII without blanks. */
	readonly apiKey: string;
	/** An http(s) URL without user name, query, fragment and slash at its end. */
	readonly baseUrl: string;
}
