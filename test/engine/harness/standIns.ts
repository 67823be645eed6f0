import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
} from 'n8n-workflow';

/**
 * Plays those of n8n's own nodes that the examples use: the engine comes without them. Each does what
 * the examples ask of it and throws at everything else.
 */
export function standInFor(type: string): INodeType | undefined {
	return standIns[type];
}

type Work = (this: IExecuteFunctions) => INodeExecutionData[][];

interface Condition {
	readonly leftValue: unknown;
	readonly operator: { readonly type: string; readonly operation: string };
}

const standIns: Readonly<Record<string, INodeType>> = {
	'n8n-nodes-base.stickyNote': node([], [], function () {
		return [];
	}),

	'n8n-nodes-base.noOp': node([], ['main'], function () {
		return [this.getInputData().map(({ json, binary }, item) => itemOf(json, binary, item))];
	}),

	'n8n-nodes-base.set': node(['assignments', 'options'], ['main'], function () {
		const items = this.getInputData().map((_input, item) => {
			const { assignments } = this.getNodeParameter('assignments', item) as {
				assignments: ReadonlyArray<{ readonly name: string; readonly value: unknown }>;
			};
			const json = Object.fromEntries(assignments.map(({ name, value }) => [name, value]));
			return itemOf(json as IDataObject, undefined, item);
		});
		return [items];
	}),

	'n8n-nodes-base.if': node(['conditions', 'options'], ['main', 'main'], function () {
		const outputs: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
		for (const [item, { json, binary }] of this.getInputData().entries()) {
			const { conditions } = this.getNodeParameter('conditions', item) as {
				conditions: readonly Condition[];
			};
			const isTrue = conditions.every(holds);
			outputs[isTrue ? 0 : 1].push(itemOf(json, binary, item));
		}
		return outputs;
	}),
};

function holds({ leftValue, operator }: Condition): boolean {
	if (operator.type !== 'boolean' || operator.operation !== 'true') {
		throw new Error(`The stand-in for If does not know ${operator.type} ${operator.operation}`);
	}
	return leftValue === true;
}

function itemOf(
	json: IDataObject,
	binary: INodeExecutionData['binary'],
	item: number,
): INodeExecutionData {
	return { json, ...(binary === undefined ? {} : { binary }), pairedItem: { item } };
}

function node(parameters: readonly string[], outputs: readonly 'main'[], work: Work): INodeType {
	return {
		description: {
			displayName: 'Stand-in',
			name: 'standIn',
			group: ['transform'],
			version: 1,
			description: 'Plays a node of n8n',
			defaults: { name: 'Stand-in' },
			inputs: ['main'],
			outputs: [...outputs],
			properties: parameters.map((name): INodeProperties => ({
				displayName: name,
				name,
				type: 'json',
				default: '{}',
			})),
		},
		// eslint-disable-next-line @typescript-eslint/require-await -- n8n awaits it
		async execute(this: IExecuteFunctions) {
			return work.call(this);
		},
	};
}
