import type { FaultName } from './faultTable';

export interface BentId {
	/** What the vendor knows the task by. */
	id: string;
	/** How its JSON writes it, where it is not as that text. */
	written?: string;
}

export function draftedId(id: string): BentId {
	return { id };
}

/** What a fault makes of a task's id. */
export function bentId(fault: FaultName, id: string, index: number): BentId {
	switch (fault) {
		case 'idWithBlanks':
			return { id, written: JSON.stringify(`  ${id} `) };
		case 'idWithLineEnd':
			return { id, written: JSON.stringify(`${id}\r\n`) };
		case 'idWithBlankInside':
			return { id: `job ${index} of today` };
		case 'idWithUmlauts':
			return { id: `Gr\u00f6\u00dfe-${index}-\u00e4\u00f6\u00fc` };
		case 'idWithSlash':
			return { id: `eu/2026/${index}?size=100%&new` };
		case 'idOf257':
			return { id: `${index}-`.padEnd(257, 'x') };
		case 'idUnusable':
			return { id: `job\u0007${index}` };
		case 'idOfPlaceholder':
			return { id: `placeholder-1K-1x1-1-A_banana-${index}` };
		case 'idBeyond53Bits': {
			const digits = String(1_765_178_625_768_123_457n + BigInt(index) * 2n);
			return { id: digits, written: digits };
		}
		default:
			throw new Error(`The sandbox does not know how to play ${fault}`);
	}
}
