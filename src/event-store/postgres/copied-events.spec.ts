import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventsOf } from './copied-events.js';

type Columns = readonly [position: number, stream: string, revision: number, id: string, type: string, data: Uint8Array, metadata: Uint8Array];

const int16 = (value: number): Buffer => Buffer.from(Int16Array.of(value).buffer).swap16();
const int32 = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer).swap32();
const int64 = (value: number): Buffer => Buffer.from(BigInt64Array.of(BigInt(value)).buffer).swap64();
const field = (bytes: Uint8Array): Buffer => Buffer.concat([int32(bytes.length), bytes]);
/** As PostgreSQL's documentation has it: signature, flags, no extension; each row behind its number of columns; -1. */
const copied = (rows: readonly Columns[]): Buffer =>
  Buffer.concat([
    Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), int32(0), int32(0),
    ...rows.flatMap(([position, stream, revision, id, type, data, metadata]) => [
      int16(7), field(int64(position)), field(Buffer.from(stream)), field(int32(revision)), field(Buffer.from(id)), field(Buffer.from(type)), field(data), field(metadata),
    ]),
    int16(-1),
  ]);

describe('events that were copied out of the log', () => {
  it('are what they were, whatever is in them', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.maxSafeNat(), fc.string({ unit: 'grapheme' }), fc.nat(), fc.uuid(), fc.string(), fc.uint8Array(), fc.uint8Array()),
          { maxLength: 6 },
        ),
        (rows) => {
          const events = eventsOf(copied(rows));
          expect(events.map(({ position, stream, revision, id, type, data, metadata }) => [position, stream, revision, id, type, [...data], [...metadata]])).toEqual(
            rows.map(([position, stream, revision, id, type, data, metadata]) => [position, stream, revision, id, type, [...data], [...metadata]]),
          );
        },
      ),
    ));

  it('are refused where something else was sent', () => {
    expect(() => eventsOf(Buffer.from('1\tstream\t0\n'))).toThrow('something other than events');
  });
});
