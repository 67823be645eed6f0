import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/** What an item of the error output tells, as far as tests look at it. */
export interface ErrorJson {
	readonly message: string;
	readonly code: string;
	readonly hint: string;
	readonly vendor: string;
	readonly taskId?: string;
	readonly taskIds?: readonly string[];
	readonly cost?: IDataObject;
	readonly resumable: boolean;
	readonly retryElsewhere: boolean;
	readonly attempts: ReadonlyArray<{
		readonly vendor: string;
		readonly taskId?: string;
		readonly code: string;
		readonly message: string;
	}>;
}

/** The error of an item; undefined where it has none. */
export function errorOf(item: INodeExecutionData | undefined): ErrorJson | undefined {
	return item?.json.error as ErrorJson | undefined;
}
