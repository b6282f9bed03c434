import type { Pool } from 'pg';
import type { Facts } from '../commands/outside.js';
import type { Streams } from '../commands/streams.js';
import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import { asOrganization } from '../platform/transactions.js';
import type { Codec } from '../privacy/codec.js';

/** A named question of decisions. */
export type Fact = (id: string, actor: Actor) => Promise<readonly string[]>;

/** What the facts about residents are answered from. */
export interface ResidentFactParts {
  readonly catalogue: Catalogue;
  readonly streams: Streams;
  readonly codec: Codec;
  /** As yuthub_app. */
  readonly pool: Pool;
  /** Waits until the read tables contain everything that is in the log now. @throws where they do not in time. */
  readonly caughtUp: () => Promise<void>;
}

/** Facts that only the keys or several tables can tell of a resident. */
export function residentFacts(parts: ResidentFactParts): Readonly<Record<string, Fact>> {
  return {
    'date-of-birth': (id, actor) => dateOfBirth(parts, id, actor),
    gender: (id, actor) => gender(parts, id, actor),
    'erasure-blockers': (id, actor) => erasureBlockers(parts, id, actor),
  };
}

/** Texts of a resident that are known, in this order; none that was erased, or of nobody. */
async function textsOf({ catalogue, streams, codec }: ResidentFactParts, id: string, actor: Actor, names: readonly string[]): Promise<readonly string[]> {
  const { state } = await streams.load(catalogue.entity('residents')!, id, actor.organizationId);
  if (!state) return [];
  const values = state as unknown as Record<string, unknown>;
  const [opened] = await codec.unseal([Object.fromEntries(names.map((name) => [name, values[name]]))]);
  return names.map((name) => opened![name]).filter((value) => typeof value === 'string');
}

/** One answer, or none where it is not known. */
const dateOfBirth = (parts: ResidentFactParts, id: string, actor: Actor): Promise<readonly string[]> => textsOf(parts, id, actor, ['dateOfBirth']);

/** What somebody says of themselves; where they say nothing, the sex that was recorded at birth. */
async function gender(parts: ResidentFactParts, id: string, actor: Actor): Promise<readonly string[]> {
  return (await textsOf(parts, id, actor, ['genderIdentity', 'sexAtBirth'])).slice(0, 1);
}

/** `scope:reason` of what stands against erasing somebody (RES-11): money that is owed, incidents that are not closed. */
async function erasureBlockers({ pool, caughtUp }: ResidentFactParts, id: string, actor: Actor): Promise<readonly string[]> {
  await caughtUp();
  const { rows } = await asOrganization(pool, actor.organizationId, (client) =>
    client.query<{ reason: string }>(
      `select 'finance:open arrears of ' || reference as reason from read.rent_accounts where resident_id = $1 and balance_pence > 0
       union all
       select 'safeguarding:open incident ' || i.reference from read.incidents i
        where i.status <> 'closed'
          and (i.resident_id = $1 or exists (select from read.incident_people p where p.incident_id = i.id and p.resident_id = $1))`,
      [id],
    ));
  return rows.map(({ reason }) => reason);
}

/** All facts by name. @throws Error for a name that a decision asks and nobody answers. */
export function answering(...facts: readonly Readonly<Record<string, Fact>>[]): Facts {
  const byName = new Map(facts.flatMap((some) => Object.entries(some)));
  return (name, id, actor) => {
    const fact = byName.get(name);
    if (!fact) throw new Error(`A decision asks for ${name}, which nobody answers: add it to the facts.`);
    return fact(id, actor);
  };
}
