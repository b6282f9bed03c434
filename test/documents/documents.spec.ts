import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents, EVENTS_FILE } from '../../src/documents/documents.js';
import { contexts, entities } from '../../src/domain/index.js';
import { Catalogue } from '../../src/kernel/catalogue.js';
import { eventCatalogue, incompatibilities, type EventCatalogue } from '../../src/kernel/event-catalogue.js';
import { declaredRules } from '../../src/kernel/rules.js';

const root = join(import.meta.dirname, '../..');
const printed = (file: string): string => readFileSync(join(root, file), 'utf8');
const catalogue = new Catalogue(entities);
const frozen = JSON.parse(printed(EVENTS_FILE)) as EventCatalogue;
const { version: release } = JSON.parse(printed('package.json')) as { version: string };

describe('the generated pages', () => {
  it('could read every event that was ever written', () => {
    expect(incompatibilities(frozen, eventCatalogue(catalogue, release))).toEqual([]);
  });

  it('are those of the code: run `npm run docs` where this names a page', () => {
    const stale = Object.entries(documents({ catalogue, frozen, release })).filter(([file, text]) => printed(file) !== text);
    expect(stale.map(([file]) => file)).toEqual([]);
  });

  it('are not written over events that would be misread', () => {
    const events = frozen.events.map((event) => (event.type === 'IncidentLogged' ? { ...event, type: 'IncidentNoted' } : event));
    expect(() => documents({ catalogue, frozen: { events }, release })).toThrow(/IncidentNoted version 1 was written and is declared no more/);
  });

  it('have every event, every rule and every entity', () => {
    const pages = documents({ catalogue, frozen, release });
    for (const { type } of catalogue.events) expect(pages['docs/events.md']).toContain(`#### ${type}\n`);
    for (const { code } of declaredRules()) expect(pages['docs/rules.md']).toContain(`| \`${code}\` |`);
    for (const { table } of catalogue.entities) expect(pages['docs/read-tables.md']).toContain(`## ${table}\n`);
    expect(Object.values(contexts).flat()).toEqual([...entities]);
  });
});
