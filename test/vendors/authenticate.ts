import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IHttpRequestOptions,
	type INode,
	type INodeType,
} from 'n8n-workflow';

type Parts = Record<string, Record<string, unknown> | undefined>;

/** The values of the credentials' expressions. */
const resolved = new Map<string, string>();

/**
 * A request with the credential's own `authenticate` on it, expressions resolved, as the server of n8n
 * does it: n8n-core has no part for that. The workflow and the node resolve the expressions.
 */
export async function authenticated<Request extends object>(
	type: ICredentialType,
	credentials: ICredentialDataDecryptedObject,
	request: Request,
	workflow: Workflow = bareWorkflow(),
	node: INode = bareNode,
): Promise<Request> {
	const { authenticate } = type;
	if (authenticate === undefined) throw new Error(`${type.name} does not say how to authenticate`);
	if (typeof authenticate === 'function') {
		const options = request as unknown as IHttpRequestOptions;
		return (await authenticate(credentials, options)) as unknown as Request;
	}
	const resolve = (text: string): string => {
		if (!text.startsWith('=')) return text;
		// The same for every request of a credential, and dear: n8n builds all its proxies for each.
		const key = `${type.name} ${text} ${JSON.stringify(credentials)}`;
		const known = resolved.get(key);
		if (known !== undefined) return known;
		const keys = { $credentials: credentials };
		const value = workflow.expression.getSimpleParameterValue(
			node,
			text,
			'internal',
			keys,
			undefined,
			'',
		);
		resolved.set(key, String(value ?? ''));
		return String(value ?? '');
	};
	const changed = { ...request } as unknown as Parts;
	for (const [part, entries] of Object.entries(authenticate.properties)) {
		const added = Object.entries(entries as Record<string, unknown>).map(([name, value]) => [
			resolve(name),
			resolve(String(value)),
		]);
		changed[part] = { ...changed[part], ...(Object.fromEntries(added) as object) };
	}
	return changed as unknown as Request;
}

const bareNode: INode = {
	id: 'key',
	name: 'Key',
	type: 'key',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

function bareWorkflow(): Workflow {
	const description = { properties: [], inputs: [], outputs: [] };
	const nodeType = { description } as unknown as INodeType;
	return new Workflow({
		nodes: [bareNode],
		connections: {},
		active: false,
		nodeTypes: {
			getByName: () => nodeType,
			getByNameAndVersion: () => nodeType,
			getKnownTypes: () => ({}),
		},
	});
}
