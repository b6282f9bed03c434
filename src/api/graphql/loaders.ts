import DataLoader from 'dataloader';
import { covers } from '../../kernel/permissions.js';
import type { ApiParts, Row, SignedIn } from '../parts.js';
import type { ShownTable } from '../rows/tables.js';

/** Filters take this many values at once. */
const BATCH = 100;
const PAGE = '500';
/** No parent has more children than this in one answer. */
const MOST_PAGES = 10;

/** Related rows of one request, asked for many at a time. What the actor may not read is not there. */
export class Loaders {
  private readonly byId = new Map<string, DataLoader<string, Row | null>>();
  private readonly byParent = new Map<string, DataLoader<string, Row[] | null>>();

  constructor(
    private readonly rows: ApiParts['rows'],
    private readonly actor: () => SignedIn,
  ) {}

  /** The row that an id refers to. */
  one(table: ShownTable, id: unknown): Promise<Row | null> {
    if (typeof id !== 'string' || !covers(this.actor().permissions, table.permission)) return Promise.resolve(null);
    return loaderOf(this.byId, table, async (ids) => {
      const rows = await this.all(table, { id: ids });
      const found = new Map(rows.map((row) => [String(row['id']), row]));
      return ids.map((wanted) => found.get(wanted) ?? null);
    }).load(id);
  }

  /** The children of a row. */
  children(table: ShownTable, parentId: unknown): Promise<Row[] | null> {
    const { parent } = table;
    if (!parent || typeof parentId !== 'string' || !covers(this.actor().permissions, table.permission)) return Promise.resolve(null);
    return loaderOf(this.byParent, table, async (ids) => {
      const rows = await this.all(table, { [parent.column]: ids });
      const found = Map.groupBy(rows, (row) => String(row[parent.column]));
      return ids.map((wanted) => found.get(wanted) ?? []);
    }).load(parentId);
  }

  private async all(table: ShownTable, filter: Readonly<Record<string, readonly string[]>>): Promise<Row[]> {
    const rows: Row[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const parameters: Record<string, string | readonly string[]> = { ...filter, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      const answer = await this.rows.list(table.table, parameters, this.actor());
      rows.push(...answer.items);
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
    return rows;
  }
}

function loaderOf<T>(loaders: Map<string, DataLoader<string, T>>, { table }: ShownTable, load: (ids: readonly string[]) => Promise<T[]>): DataLoader<string, T> {
  const known = loaders.get(table);
  if (known) return known;
  const made = new DataLoader<string, T>(load, { maxBatchSize: BATCH });
  loaders.set(table, made);
  return made;
}
