/**
 * Lints folders exactly as n8n's verification of community packages does:
 * node scan.mjs <'[["folder", "pattern", …], …]'>, answers a JSON list of the results.
 */
import { analyzePackage } from '@n8n/scan-community-package/scanner/scanner.mjs';

const requests = JSON.parse(process.argv[2] ?? '[]');
const results = [];
for (const [folder, ...patterns] of requests) {
	results.push(await analyzePackage(folder, patterns));
}
process.stdout.write(JSON.stringify(results));
