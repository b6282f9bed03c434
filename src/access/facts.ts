import type { Pool } from 'pg';
import type { Registers } from '../commands/registers.js';
import type { Catalogue } from '../kernel/catalogue.js';
import { PLATFORM } from '../kernel/entity.js';
import type { Authority } from './authority.js';
import { emailKey } from './email-key.js';
import { permissionCodes } from './permissions.js';

/** Answers one named question about an id. */
export type Fact = (id: string) => Promise<readonly string[]>;

export interface FactParts {
  readonly catalogue: Catalogue;
  /** Tables that are read and are no entity's. */
  readonly tables?: readonly string[];
  readonly registers: Registers;
  readonly authority: Authority;
  readonly pool: Pool;
  readonly serverKey: Uint8Array;
  /** Waits until the read tables contain everything recorded so far. @throws where that takes too long. */
  readonly settled: () => Promise<void>;
}

/** What decisions of this context ask of keys, registers of other organisations and tables, by name. */
export function accessFacts(parts: FactParts): Readonly<Record<string, Fact>> {
  const codes = permissionCodes(parts.catalogue, parts.tables);
  return {
    'email-key': (email) => Promise.resolve([emailKey(parts.serverKey, email)]),
    'permission-codes': () => Promise.resolve(codes),
    'owner-of': (userId) => ownerOf(parts, userId),
    'sole-owner-of': (userId) => soleOwnerOf(parts, userId),
    'open-responsibilities': async (userId) => {
      await parts.settled();
      const { rows } = await parts.pool.query<{ open: string[] }>('select app.open_responsibilities($1) as open', [userId]);
      return rows[0]?.open ?? [];
    },
  };
}

const ownersOf = async ({ registers }: FactParts, organizationId: string) =>
  (await registers.certain(organizationId, 'owners', organizationId)).filter(({ kind }) => kind === 'owner');

/** Organisations in which a user is an owner. */
async function ownerOf(parts: FactParts, userId: string): Promise<string[]> {
  const memberships = await parts.registers.certain(PLATFORM, 'memberships', userId);
  const owned = memberships.map(async ({ key }) => ((await ownersOf(parts, key)).some(({ party }) => party === userId) ? [key] : []));
  return (await Promise.all(owned)).flat();
}

/** Organisations that would be without an owner who can sign in (USR-3). */
async function soleOwnerOf(parts: FactParts, userId: string): Promise<string[]> {
  const { authority } = parts;
  const sole: string[] = [];
  for (const organizationId of await ownerOf(parts, userId)) {
    const owners = await ownersOf(parts, organizationId);
    const others = await Promise.all(owners.filter(({ party }) => party !== userId).map(({ party }) => authority.user(party!)));
    if (!others.some((other) => other !== undefined && other.status !== 'deactivated')) sole.push(organizationId);
  }
  return sole;
}
