/** Downloads the image of each item's URL, all at once, into a Buffer, and hands that to n8n. */
class BufferingPeer {
	description = {
		displayName: 'Buffering Peer',
		name: 'bufferingPeer',
		group: ['transform'],
		version: 1,
		description: 'Downloads images as comparable nodes do',
		defaults: { name: 'Buffering Peer' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};

	async execute() {
		const download = async ({ json: { url } }, item) => {
			const buffer = await this.helpers.httpRequest({ url, encoding: 'arraybuffer', json: false });
			const data = await this.helpers.prepareBinaryData(buffer, `image-${item}.png`, 'image/png');
			return { json: {}, binary: { data }, pairedItem: { item } };
		};
		return [await Promise.all(this.getInputData().map(download))];
	}
}

module.exports = { BufferingPeer };
