import type { Catalogue } from '../kernel/catalogue.js';
import type { State } from '../kernel/entity.js';
import type { DomainEvent } from '../kernel/event.js';
import { Tombstone } from '../kernel/sealed.js';
import type { Codec } from '../privacy/codec.js';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * Leaves out of each change what is so already, and the change where nothing is left of it: what changes nothing is
 * found here, where the clear values can be seen, and not by `decide`.
 */
export async function withoutUnchanged(
  events: readonly DomainEvent<object>[],
  before: State,
  catalogue: Catalogue,
  codec: Codec,
): Promise<DomainEvent<object>[]> {
  const kept: DomainEvent<object>[] = [];
  for (const event of events) {
    const facts = catalogue.eventOf(event.constructor as never)?.changes;
    if (!facts) {
      kept.push(event);
      continue;
    }
    const values = event as unknown as Record<string, unknown>;
    const given = facts.filter((name) => values[name] !== undefined);
    const current = Object.fromEntries(given.map((name) => [name, (before as unknown as Record<string, unknown>)[name]]));
    const [clear] = await codec.unseal([current]);
    const changed = given.filter((name) => clear![name] instanceof Tombstone || !same(values[name], clear![name]));
    if (changed.length === 0) continue;
    const smaller = Object.create(Object.getPrototypeOf(event) as object) as Record<string, unknown>;
    for (const [name, value] of Object.entries(values)) if (!facts.includes(name) || changed.includes(name)) smaller[name] = value;
    kept.push(smaller as unknown as DomainEvent<object>);
  }
  return kept;
}
