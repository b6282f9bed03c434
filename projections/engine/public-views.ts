import { createHash } from 'node:crypto';
import type pg from 'pg';
import { failpoint } from '../../src/platform/failpoint.js';
import { isShown } from './columns.js';
import { physicalName, type Projection, type TableDefinition } from './derived-tables.js';
import type { Column, PublicView } from './projection.js';
import type { VersionRow } from './versions.js';

type Client = pg.ClientBase;
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A public name with all that it shows, for whoever reads or documents it. */
export interface PublicTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The physical table of the same name, where there is one. */
  readonly table?: TableDefinition;
  readonly projection?: Projection;
  readonly view?: PublicView;
}

/** Every public name, with its columns. @throws Error where two views want one name. */
export function publicTables(projections: readonly Projection[], views: readonly PublicView[]): PublicTable[] {
  const twice = views.find(({ name }, index) => views.findIndex((other) => other.name === name) !== index);
  if (twice) throw new Error(`Two views are called ${twice.name}.`);
  const based = projections.flatMap((projection) =>
    projection.tables.map((table): PublicTable => {
      const view = views.find(({ name }) => name === table.name);
      const anew = new Set(view?.columns.map(({ name }) => name));
      const shown = table.columns.filter((column) => isShown(column) && !anew.has(column.name));
      return { name: table.name, columns: [...shown, ...(view?.columns ?? [])], table, projection, ...(view ? { view } : {}) };
    }),
  );
  const names = new Set(based.map(({ name }) => name));
  const free = views.filter(({ name }) => !names.has(name)).map((view): PublicTable => ({ name: view.name, columns: view.columns, view }));
  return [...based, ...free];
}

/** The select of a public view; where tables of it are missing or of another definition, which of the two. */
export function selectOf(shown: PublicTable, projections: readonly Projection[], live: readonly VersionRow[]): string | 'missing' | 'outdated' {
  const lacking = new Set<'missing' | 'outdated'>();
  const source = (name: string, except?: string): string => {
    const projection = projections.find(({ tables }) => tables.some((table) => table.name === name));
    if (!projection) throw new Error(`The view ${shown.name} is over {${name}}, which no projection writes.`);
    const version = live.find((row) => row.projection === projection.name);
    if (!version) lacking.add('missing');
    else if (version.definition_hash !== projection.hash) lacking.add('outdated');
    const physical = `read.${quoted(physicalName(name, version?.version ?? 0))}`;
    if (!except) return physical;
    const left = except.split(',').map((column) => column.trim());
    const kept = projection.tables.find((table) => table.name === name)!.columns.filter((column) => !left.includes(column.name));
    return `(select ${kept.map((column) => quoted(column.name)).join(', ')} from ${physical})`;
  };
  const inner = shown.view ? shown.view.select.replaceAll(/\{(\w+)(?: except ([\w, ]+))?\}/g, (_, name: string, except?: string) => source(name, except)) : `select * from ${source(shown.name)}`;
  if (lacking.has('missing')) return 'missing';
  return lacking.has('outdated') ? 'outdated' : `select ${shown.columns.map(({ name }) => quoted(name)).join(', ')} from (${inner}) as shown`;
}

/**
 * The same as reports see it: personal values are null, and it is the login that says whose rows they are.
 * @param select of the public view.
 */
export function reportingSelectOf({ columns }: PublicTable, select: string): string {
  const shown = columns.map(({ name, type, privacy }) => (privacy >= 2 ? `null::${type} as ${quoted(name)}` : quoted(name)));
  return `select ${shown.join(', ')} from (${select.replaceAll('read.current_organization()', 'reporting.organization()')}) as reported`;
}

/**
 * Makes the public views anew whose definition has changed, and drops those that nothing defines any more; those over
 * tables of another definition stay as they are until these are swapped. To be run in the transaction that changes which
 * versions are live.
 */
export async function remakeViews(client: Client, shown: readonly PublicTable[], projections: readonly Projection[], live: readonly VersionRow[]): Promise<void> {
  const { rows } = await client.query<{ name: string; definition_hash: string }>('select name, definition_hash from read.public_views');
  const there = new Map(rows.map((row) => [row.name, row.definition_hash]));
  const selects = new Map(shown.map((table) => [table.name, selectOf(table, projections, live)]));
  const reported = new Map(shown.map((table) => [table.name, reportingSelectOf(table, selects.get(table.name)!)]));
  const hashes = new Map([...selects].map(([name, select]) => [name, createHash('sha256').update(`${select}|${reported.get(name)}`).digest('hex').slice(0, 32)]));
  const stale = [...there].filter(([name, hash]) => selects.get(name) !== 'outdated' && hashes.get(name) !== hash).map(([name]) => name);
  await client.query('select read.drop_views($1), reporting.drop_views($1)', [stale]);
  await client.query('delete from read.public_views where name = any ($1)', [stale]);
  failpoint('views.dropped');
  for (const [name, select] of selects) {
    if (select === 'missing' || select === 'outdated' || there.get(name) === hashes.get(name)) continue;
    try {
      await client.query('select read.create_view($1, $2), reporting.create_view($1, $3)', [name, select, reported.get(name)]);
    } catch (error) {
      throw new Error(`The view ${name} cannot be made: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    await client.query('insert into read.public_views (name, definition_hash) values ($1, $2)', [name, hashes.get(name)]);
    failpoint('views.madeOne');
  }
}
