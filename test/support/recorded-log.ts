import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/event-store/event-store.js';
import { leafHash } from '../../src/event-store/leaf-hash.js';
import { jsonBytes } from '../../src/event-store/metadata.js';

/** An append as the product would make it: each event carries the hash of the one before it. */
export interface MadeAppend {
  readonly stream: string;
  readonly expected: number | 'no-stream';
  readonly events: readonly NewEvent[];
}

/** Appends to some streams in turns, of one or several events; what is made depends on the numbers alone, save for ids. */
export function madeAppends(count: number, streams = 7): MadeAppend[] {
  const names = Array.from({ length: streams }, () => `made-${randomUUID()}`);
  const last = new Map<string, { revision: number; hash: string }>();
  return Array.from({ length: count }, (_, n) => {
    const stream = names[(n * n) % streams]!;
    const before = last.get(stream);
    const events = Array.from({ length: 1 + (n % 3) }, (_one, index) => {
      const told = last.get(stream);
      const event: NewEvent = {
        id: randomUUID(),
        type: 'Made',
        // Spaces, a number and a letter beyond ASCII: nothing of it may be written anew on the way.
        data: Buffer.from(`{"n": ${n}.0,"index":${index} ,"text":"Zoë ✓"}`),
        metadata: jsonBytes({
          organizationId: '11111111-1111-4111-8111-111111111111', recordedAt: '2026-08-03T08:00:00Z', correlationId: 'made',
          ...(told ? { prev: told.hash } : {}),
        }),
      };
      const revision = (told?.revision ?? -1) + 1;
      last.set(stream, { revision, hash: leafHash(stream, revision, event) });
      return event;
    });
    return { stream, expected: before?.revision ?? 'no-stream', events };
  });
}
