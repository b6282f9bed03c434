/** Writes the pages that are generated from the code. Run by `npm run docs`; specs fail when a page is stale. */
import { writeFileSync } from 'node:fs';

const { entities } = await import('../src/domain/index.ts');
const { Catalogue } = await import('../src/kernel/catalogue.ts');
const { handWritten } = await import('../projections/index.ts');
const { permissionsDocument } = await import('../src/access/permissions.ts');

const catalogue = new Catalogue(entities);
const tables = handWritten(catalogue).flatMap((projection) => projection.tables.map(({ name }) => name));

const pages = { 'docs/permissions.md': permissionsDocument(catalogue, tables) };
for (const [file, text] of Object.entries(pages)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), text);
  process.stdout.write(`${file}\n`);
}
