import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';

/** One operation of a resource: what the panel shows and what it does, together. */
export interface Operation {
	readonly resource: string;
	readonly operation: string;
	/** How the operation is listed in the panel, and as an action in the nodes panel. */
	readonly name: string;
	readonly action: string;
	readonly description: string;
	/** Which vendors have it. */
	readonly isOfferedBy: (vendor: ImageVendor) => boolean;
	/** Its parameters below resource and operation. */
	readonly properties: readonly INodeProperties[];
	execute(context: IExecuteFunctions, vendor: ImageVendor): Promise<INodeExecutionData[]>;
}
