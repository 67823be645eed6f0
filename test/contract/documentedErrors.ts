import type { DocumentedError } from '../vendors/types';

type Essentials = Pick<DocumentedError, 'name' | 'status' | 'body' | 'code'>;

/** An answer by which the vendor has certainly refused: nothing was made, nothing helps but a change. */
export function refused(error: Essentials & Partial<DocumentedError>): DocumentedError {
	return { taskMayExist: false, submitAgain: false, pollAgain: false, ...error };
}

/** A refusal for now: the same request may be sent again. */
export function refusedForNow(error: Essentials & Partial<DocumentedError>): DocumentedError {
	return { taskMayExist: false, submitAgain: true, pollAgain: true, ...error };
}

/** After it nobody knows whether a submit was taken; a poll is simply repeated. */
export function unclear(error: Essentials & Partial<DocumentedError>): DocumentedError {
	return { taskMayExist: true, submitAgain: false, pollAgain: true, ...error };
}
