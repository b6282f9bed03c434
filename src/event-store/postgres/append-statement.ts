import type pg from 'pg';
import { WrongRevision } from '../errors.js';
import type { Appended, NewEvent, Revision } from '../event-store.js';

/** One append as it goes to the database. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: Revision | 'no-stream';
  readonly events: readonly NewEvent[];
}

const text = 'select revisions, positions from log.append_batch($1, $2, $3, $4, $5, $6, $7, $8)';

/**
 * One statement for many appends. The bytes of all events travel as one
 * binary value: an array of bytea would go over the wire in hexadecimal.
 */
export function appendStatement(batch: readonly AppendRequest[]): pg.QueryArrayConfig {
  const streams: string[] = [];
  const expected: number[] = [];
  const counts: number[] = [];
  const ids: string[] = [];
  const types: string[] = [];
  const dataSizes: number[] = [];
  const metadataSizes: number[] = [];
  const bytes: Uint8Array[] = [];
  for (const append of batch) {
    streams.push(append.stream);
    expected.push(append.expected === 'no-stream' ? -1 : append.expected);
    counts.push(append.events.length);
    for (const event of append.events) {
      ids.push(event.id);
      types.push(event.type);
      dataSizes.push(event.data.byteLength);
      metadataSizes.push(event.metadata.byteLength);
      bytes.push(event.data, event.metadata);
    }
  }
  // Stream names, ids and numbers hold nothing that an array literal would need quoted.
  const values = [
    plainArray(streams),
    plainArray(expected),
    plainArray(counts),
    plainArray(ids),
    types,
    plainArray(dataSizes),
    plainArray(metadataSizes),
    Buffer.concat(bytes),
  ];
  return { name: 'log_append_batch', text, values, rowMode: 'array' };
}

function plainArray(items: readonly (string | number)[]): string {
  return `{${items.join(',')}}`;
}

/** The database's answer to each append of a batch, in order. */
export function answersOf(
  batch: readonly AppendRequest[],
  row: readonly unknown[] | undefined,
): (Appended | WrongRevision)[] {
  const [revisions, positions] = (row ?? []) as [number[]?, (number | null)[]?];
  return batch.map(({ stream, expected }, index) => {
    const revision = revisions?.[index];
    const position = positions?.[index];
    if (revision === undefined || position === undefined) {
      throw new Error('The log has not answered every append of a batch.');
    }
    return position === null
      ? new WrongRevision(stream, expected, revision < 0 ? 'no-stream' : revision)
      : { revision, position };
  });
}
