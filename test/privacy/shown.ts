import { contentTypes } from '../../src/api/rows/export.js';
import type { Caller, Json } from '../support/caller.js';

/** Something that the product showed, and where. */
export interface Shown {
  readonly where: string;
  readonly text: string;
}

/** Lists that can be read, as paths after `/api/v1`; those of entities have a history. */
export async function lists(caller: Caller): Promise<{ path: string; history: boolean }[]> {
  const { paths } = (await caller.call<{ paths: Record<string, Record<string, unknown>> }>('GET', '/api/openapi.json')).body;
  const readable = (path: string): boolean => paths[path]?.['get'] !== undefined;
  return Object.keys(paths)
    .filter((path) => readable(path) && readable(`${path}/{id}`))
    .map((path) => ({ path: path.slice('/api/v1'.length), history: readable(`${path}/{id}/history`) }));
}

/** Everything that somebody can read: lists, exports, rows, their past at some instants, history, the trail, and GraphQL. */
export async function everythingShown(caller: Caller, instants: readonly string[]): Promise<Shown[]> {
  const shown: Shown[] = [];
  const see = async (where: string, headers: Record<string, string> = {}): Promise<string> => {
    const { text, status } = await caller.get(where, headers);
    if (status !== 200 && !(status === 404 && where.includes('?at='))) throw new Error(`GET ${where} was answered ${status}: ${text}`);
    shown.push({ where: headers['accept'] ? `${where} as ${headers['accept']}` : where, text });
    return text;
  };
  for (const { path, history } of await lists(caller)) {
    const { items } = JSON.parse(await see(`${path}?limit=500&include=special`)) as { items: Json[] };
    for (const form of ['csv', 'ndjson'] as const) await see(path, { accept: contentTypes[form].split(';')[0]! });
    for (const { id } of items) {
      await see(`${path}/${id}`);
      if (!history) continue;
      await see(`${path}/${id}/history?limit=1000`);
      for (const at of instants) await see(`${path}/${id}?at=${at}`);
    }
  }
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = JSON.parse(await see(`/audit-trail?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`)) as { nextCursor: string | null };
    cursor = page.nextCursor;
  }
  await see('/changes?limit=500');
  for (const query of await connectionQueries(caller)) {
    const answer = await caller.graphql(query);
    if (answer.errors) throw new Error(`GraphQL was answered with errors: ${JSON.stringify(answer.errors)} to ${query}`);
    shown.push({ where: query.slice(0, 60), text: JSON.stringify(answer.data) });
  }
  return shown;
}

interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType?: TypeRef | null;
}
interface TypeOf {
  readonly name: string;
  readonly kind: string;
  readonly fields: readonly { name: string; type: TypeRef }[] | null;
}

/** A query for each connection: all fields of its rows, of the groups in them, and of their children. */
export async function connectionQueries(caller: Caller): Promise<string[]> {
  const ref = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';
  const { data } = await caller.graphql<{ __schema: { types: TypeOf[] } }>(`{ __schema { types { name kind fields { name type { ${ref} } } } } }`);
  const types = new Map(data.__schema.types.map((type) => [type.name, type]));
  const listed = (type: TypeRef): boolean => type.kind === 'LIST' || (type.ofType != null && listed(type.ofType));
  const core = (type: TypeRef): TypeRef => (type.ofType ? core(type.ofType) : type);
  const fields = (name: string, deep: boolean): string =>
    types.get(name)!.fields!.flatMap(({ name: field, type }) => {
      const { kind, name: of } = core(type);
      if (kind !== 'OBJECT') return [field];
      const isRow = types.get(of!)!.fields!.some((one) => one.name === 'id');
      if (!isRow) return [`${field} { ${fields(of!, false)} }`];
      return deep && listed(type) ? [`${field} { ${fields(of!, false)} }`] : [];
    }).join(' ');
  return types.get('Query')!.fields!.flatMap(({ name, type }) => {
    const { name: connection } = core(type);
    if (!connection?.endsWith('Connection')) return [];
    return [`{ ${name}(first: 30) { nodes { ${fields(connection.slice(0, -'Connection'.length), true)} } } }`];
  });
}
