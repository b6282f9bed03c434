import { projectionsOf } from '../../projections/engine/derived-tables.js';
import { publicTables } from '../../projections/engine/public-views.js';
import { handWritten, views } from '../../projections/index.js';
import { permissionsDocument } from '../access/permissions.js';
import { readableTables } from '../api/reads/readable-tables.js';
import { contexts } from '../domain/index.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { eventCatalogue, incompatibilities, mergedCatalogue, type EventCatalogue } from '../kernel/event-catalogue.js';
import { declaredDeadlines } from '../kernel/deadline.js';
import { declaredPolicies } from '../kernel/policies.js';
import { declaredRules } from '../kernel/rules.js';
import { eventsPage } from './events-page.js';
import { notificationsPage } from './notifications-page.js';
import { readTablesPage } from './read-tables-page.js';
import { rulesPage } from './rules-page.js';

/** Where every version of an event that was ever written is kept. */
export const EVENTS_FILE = 'docs/events.json';

/** What the generated pages are made of, besides the code. */
export interface DocumentParts {
  readonly catalogue: Catalogue;
  /** What `docs/events.json` says so far. */
  readonly frozen: EventCatalogue;
  /** Release of the product. */
  readonly release: string;
}

/**
 * Every generated page, by its path from the root.
 * @throws Error with a sentence for each declaration that would misread events that were written already.
 */
export function documents({ catalogue, frozen, release }: DocumentParts): Readonly<Record<string, string>> {
  const current = eventCatalogue(catalogue, release);
  const bad = incompatibilities(frozen, current);
  if (bad.length > 0) throw new Error(`Events that were written could no longer be read:\n${bad.join('\n')}`);
  const written = mergedCatalogue(frozen, current);
  const projections = handWritten(catalogue);
  const shown = publicTables(projectionsOf(catalogue, projections), views);
  return {
    [EVENTS_FILE]: `${JSON.stringify(written, null, 1)}\n`,
    'docs/events.md': eventsPage(catalogue, written, contexts),
    'docs/rules.md': rulesPage(declaredRules(), declaredDeadlines(), declaredPolicies()),
    'docs/read-tables.md': readTablesPage(catalogue, shown, readableTables(catalogue, shown)),
    'docs/notifications.md': notificationsPage(catalogue),
    'docs/permissions.md': permissionsDocument(catalogue, shown.map(({ name }) => name)),
  };
}
