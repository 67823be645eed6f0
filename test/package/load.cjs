/**
 * Loads the files that package.json names, as n8n does:
 * node load.cjs <package folder>, answers a JSON list of what they describe.
 */
const { existsSync } = require('node:fs');
const path = require('node:path');

const folder = process.argv[2];
const { n8n } = require(path.join(folder, 'package.json'));

const described = [...n8n.credentials, ...n8n.nodes].map((file) => {
	const fullPath = path.join(folder, file);
	const className = path.basename(file).split('.')[0];
	const instance = new (require(fullPath)[className])();
	const { name, icon } = instance.description ?? instance;
	const icons = [icon.light, icon.dark].map((reference) =>
		path.resolve(path.dirname(fullPath), reference.replace('file:', '')),
	);
	return { file, name, iconsExist: icons.every((picture) => existsSync(picture)) };
});
process.stdout.write(JSON.stringify(described));
