/**
 * Writes the pages that are generated from the code, and the golden samples of events that have none. Run by
 * `npm run docs`; specs fail when a page is stale. It writes nothing once events that were written could be misread.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const { entities } = await import('../src/domain/index.ts');
const { Catalogue } = await import('../src/kernel/catalogue.ts');
const { documents, EVENTS_FILE } = await import('../src/documents/documents.ts');
const { writeMissingSamples } = await import('../test/golden/samples.ts');

const at = (file) => new URL(`../${file}`, import.meta.url);
const jsonIn = (file) => JSON.parse(readFileSync(at(file), 'utf8'));

const catalogue = new Catalogue(entities);
const frozen = existsSync(at(EVENTS_FILE)) ? jsonIn(EVENTS_FILE) : { events: [] };
let pages;
try {
  pages = documents({ catalogue, frozen, release: jsonIn('package.json').version });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
for (const [file, text] of Object.entries(pages)) {
  writeFileSync(at(file), text);
  process.stdout.write(`${file}\n`);
}
for (const file of await writeMissingSamples(catalogue)) process.stdout.write(`${file}\n`);
