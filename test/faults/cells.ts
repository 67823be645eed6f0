import {
	faultApplies,
	faultNames,
	faultTable,
	vendorHasVerb,
	vendorIds,
	verbs,
	type FaultName,
	type Verb,
	type VendorId,
} from '../sandbox';
import { expectations } from './expectations';
import { waitsForImage, type Expectation, type OperationName, type Place } from './rules';

/** One run of the matrix: an operation at a vendor, with a fault at one of its verbs. */
export interface Cell extends Place {
	readonly fault: FaultName;
	readonly expectation: Expectation;
	/** With n8n's Retry On Fail: up to three runs of the node. */
	readonly isRetried: boolean;
}

const operationsOfVerb: Readonly<Record<Verb, readonly OperationName[]>> = {
	submit: ['generate', 'submitThenWait', 'edit', 'park'],
	getTask: ['generate', 'submitThenWait', 'edit', 'park', 'taskGet', 'taskCancel'],
	download: ['generate', 'submitThenWait', 'edit', 'park'],
	upload: ['edit'],
	cancel: ['taskCancel'],
	balance: ['getBalance'],
	callback: ['park', 'trigger'],
};

export function nameOf(cell: Cell): string {
	const retried = cell.isRetried ? ', with Retry On Fail' : '';
	return `${cell.vendor} ${cell.verb} ${cell.fault} ${cell.expectation.strikes}: ${cell.operation}${retried}`;
}

/** Every fault at every verb of every vendor, by every operation that comes past it. */
export function allCells(): readonly Cell[] {
	return vendorIds.flatMap((vendor) =>
		verbs.flatMap((verb) =>
			faultNames
				.filter((fault) => faultApplies(fault, vendor, verb))
				.flatMap((fault) => cellsOf(vendor, verb, fault)),
		),
	);
}

function cellsOf(vendor: VendorId, verb: Verb, fault: FaultName): readonly Cell[] {
	return operationsFor(vendor, verb, fault).flatMap((operation) => {
		const place = { vendor, verb, operation };
		return expectations[fault](place).flatMap((expectation): Cell[] => {
			// Once it has submitted, "edit" goes the way of "generate": there, what passes is enough.
			const isLikeGenerate = operation === 'edit' && (verb === 'getTask' || verb === 'download');
			if (isLikeGenerate && expectation.strikes === 'always') return [];
			const cell = { ...place, fault, expectation };
			const isRetriedToo = operation === 'generate';
			return [
				{ ...cell, isRetried: false },
				...(isRetriedToo ? [{ ...cell, isRetried: true }] : []),
			];
		});
	});
}

function operationsFor(vendor: VendorId, verb: Verb, fault: FaultName): readonly OperationName[] {
	const { kind } = faultTable[fault];
	const candidates: readonly OperationName[] =
		kind === 'outcome' ? [...operationsOfVerb[verb], 'taskGet'] : operationsOfVerb[verb];
	return candidates.filter((operation) => {
		if (operation === 'park') return faultApplies('callbackLost', vendor, 'callback');
		if (operation !== 'taskCancel') return true;
		// A task that waits in the queue and is then canceled shows nothing else that could be bent.
		return vendorHasVerb(vendor, 'cancel') && (kind === 'answer' || kind === 'delay');
	});
}

/** How long a cell sleeps, roughly: the longest are begun first. */
export function expectedSeconds({ fault, expectation, operation, isRetried }: Cell): number {
	const runs = isRetried && expectation.afterRetry !== 'success' ? 3 : 1;
	if (fault.startsWith('hang') || fault === 'dripAfterTaken') return 20 * runs;
	if (fault === 'fileHang') return 30 * runs;
	if (fault === 'callbackLost') return 10;
	if (expectation.strikes === 'often') return 25;
	if (expectation.strikes !== 'always') return 2;
	return waitsForImage(operation) ? 6 * runs : 30;
}
