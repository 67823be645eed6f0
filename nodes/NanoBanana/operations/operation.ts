import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import type { OfferedOperation } from '../panel/properties';

/** One operation of a resource: what the panel shows and what it does, together. */
export interface Operation extends OfferedOperation {
	execute(context: IExecuteFunctions, vendor: ImageVendor): Promise<INodeExecutionData[]>;
}
