import { statfs } from 'node:fs/promises';

const intervalMs = 15_000;
const bytesPerMegabyte = 1024 * 1024;

/**
 * Does something long and says from time to time that it is still going on. The megabytes are what
 * the disk lost meanwhile: counting the files themselves would slow the work down.
 * @template T
 * @param {string} label
 * @param {string} folder a folder that exists, on the disk that is written to
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(label, folder, work) {
	const startedAt = Date.now();
	const freeBefore = await freeMegabytes(folder);
	let most = 0;
	console.log(`${label} …`);
	const timer = setInterval(() => {
		void freeMegabytes(folder).then((free) => {
			most = Math.max(most, freeBefore - free);
			console.log(`  … ${seconds(startedAt)} s, ${most} MB written`);
		});
	}, intervalMs);
	try {
		const result = await work();
		console.log(`  done in ${seconds(startedAt)} s`);
		return result;
	} finally {
		clearInterval(timer);
	}
}

function seconds(startedAt) {
	return Math.round((Date.now() - startedAt) / 1000);
}

async function freeMegabytes(folder) {
	const { bavail, bsize } = await statfs(folder);
	return Math.round((bavail * bsize) / bytesPerMegabyte);
}
