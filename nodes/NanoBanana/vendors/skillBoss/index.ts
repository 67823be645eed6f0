import type { ImageVendor } from '../../core/vendor';
import { customModel, models } from './models';
import {
	cancelTaskRequest,
	classifyError,
	getTaskRequest,
	readCallback,
	readCancel,
	readSubmit,
	readTask,
	submitRequest,
} from './api';

/** https://api.skillboss.co */
export const skillBoss: ImageVendor = {
	id: 'skillBoss',
	displayName: 'SkillBoss',
	credentialType: 'skillBossApi',
	pages: { apiKeys: 'https://www.skillboss.co', account: 'https://www.skillboss.co' },
	models,
	customModel,
	maxImagesInTask: 1,
	references: {
		delivery: 'url',
		mediaTypes: ['image/png', 'image/jpeg', 'image/webp'],
	},
	pollHint: { typicalMs: 40_000 },
	submitIsIdempotent: false,
	notice:
		'SkillBoss needs a <a href="https://www.skillboss.co" target="_blank">wholesale API key</a>. Failed and canceled tasks cost nothing. Image URLs may expire after 24 hours.',
	cancelNotice:
		'Only a task that still waits in the queue can be canceled. Once SkillBoss has begun, the task continues and is charged.',
	submit: (input) => ({ request: submitRequest(input), read: readSubmit }),
	getTask: (taskId) => ({
		request: getTaskRequest(taskId),
		read: (response) => readTask(response, taskId),
	}),
	cancelTask: (taskId) => ({ request: cancelTaskRequest(taskId), read: readCancel }),
	// The vendor also requires a public address, which only it can judge.
	callback: { readTaskId: readCallback, needsHttps: true },
	classifyError,
};
