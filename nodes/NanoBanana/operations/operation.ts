import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ImageVendor } from '../core/vendor';
import type { OfferedOperation } from '../panel/properties';

/** One operation of a resource: its part of the panel and its work, together. */
export interface Operation extends OfferedOperation {
	execute(context: IExecuteFunctions, vendor: ImageVendor): Promise<INodeExecutionData[]>;
}
