import { inARow } from '../../e2e/money/workflows';
import type { WorkflowNode } from '../../server/n8nClient';
import { countingVendor, formVendor, nameOf, uploadingVendor } from '../../vendors/roles';
import { publish } from '../n8n/production';
import { countFiles } from '../n8n/runTimes';
import { imageNode, makeImages, oneItemEach, webTrigger } from '../n8n/workflows';
import { finishedPictures, type Candidate } from './candidates';

/** Edits with large reference files, which HTTP Request has put into n8n's storage just before. */
export interface ReferenceLoad extends Candidate {
	readonly items: number;
	/** Of each file. */
	readonly megabytes: number;
}

export const referenceLoads: readonly ReferenceLoad[] = [
	editsAt(countingVendor, 20, 25),
	editsAt(uploadingVendor, 20, 25),
	// The sandbox counts by 1024, the vendor's limit of 10 MB does not.
	editsAt(formVendor, 20, 9.5),
	// One file and thirteen URLs, which the node itself has to load for this vendor.
	editsAt(formVendor, 1, 9, 13),
];

function editsAt(vendor: string, items: number, megabytes: number, furtherUrls = 0): ReferenceLoad {
	const files = `${furtherUrls === 0 ? '' : `${furtherUrls + 1} × `}${megabytes} MB`;
	return {
		name: `${nameOf(vendor)}, ${items} × ${files}`,
		items,
		megabytes,
		prepare: async (stage) => {
			const [url = ''] = await finishedPictures(stage);
			// What the vendor does with them afterwards is not measured.
			stage.sandbox.settings.fetchReferences = false;
			const edit = makeImages(stage, vendor, 20, {
				operation: 'edit',
				// HTTP Request leaves out the prompt of its item.
				prompt: "={{ $('One item each').item.json.prompt }}",
				referenceUrls: Array<string>(furtherUrls).fill(url).join('\n'),
			});
			const row = [webTrigger('edits'), oneItemEach(), fetchFile(), edit];
			const workflow = await publish(stage, inARow('Edits', row), 'edits');
			let run = 0;
			return async (count) => {
				run++;
				const asked = Array.from({ length: count }, (_, index) => ({
					url,
					prompt: `Edit ${index + 1} of run ${run}`,
				}));
				const made = countFiles(await workflow.run(asked), imageNode);
				if (made !== count) throw new Error(`${made} of ${count} edits were made`);
			};
		},
	};
}

function fetchFile(): WorkflowNode {
	return {
		id: crypto.randomUUID(),
		name: 'Get file',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			url: '={{ $json.url }}',
			options: { response: { response: { responseFormat: 'file', outputPropertyName: 'data' } } },
		},
	};
}
