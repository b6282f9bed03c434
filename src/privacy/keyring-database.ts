import pg from 'pg';
import type { Scope } from '../kernel/privacy.js';
import { isConnectionLoss } from '../event-store/postgres/connection.js';
import { KeysUnavailable } from './codec.js';
import type { KeyName } from './key-cache.js';
import { survivingLosses } from '../platform/lossy-connections.js';

/** A wrapped key of an organisation. */
export interface StoredOrganizationKey {
  readonly org: string;
  readonly epoch: number;
  readonly wrapped: Buffer;
  readonly active: boolean;
}
/** A wrapped key of a data subject; destroyed where `wrapped` is undefined. */
export interface StoredKey {
  readonly name: KeyName;
  readonly fingerprint: string;
  readonly revision: number;
  readonly epoch: number;
  readonly wrapped: Buffer | undefined;
}
/** A key that is offered for a name that may have none. */
export interface Candidate {
  readonly name: KeyName;
  readonly fingerprint: string;
  readonly epoch: number;
  readonly wrapped: Buffer;
}
/** What was asked for, and what was destroyed meanwhile; one snapshot of the keyring. */
export interface Reading {
  /** Last entry of the erasure ledger. */
  readonly head: string;
  /** Fingerprints of keys destroyed since the entry that was named. */
  readonly gone: readonly string[];
  readonly keys: readonly StoredKey[];
}

const PATIENCE_MS = 5_000;

interface KeyRow {
  fp: string;
  org: string;
  subject: string;
  scope: Scope;
  rev: number;
  epoch: number;
  wrapped: string | null;
}

/** The keyring's database, through the functions that its application role may call. @throws KeysUnavailable from every method. */
export class KeyringDatabase {
  private readonly pool: pg.Pool;

  constructor(connectionString: string) {
    this.pool = survivingLosses(new pg.Pool({
      connectionString,
      max: 3,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
      application_name: 'yuthub keyring',
    }));
  }

  async organizationKeys(organizations: readonly string[]): Promise<readonly StoredOrganizationKey[]> {
    return this.query<StoredOrganizationKey>('select * from keyring.get_keks($1)', [organizations]);
  }
  async addOrganizationKey(organizationId: string, wrapped: Buffer): Promise<void> {
    await this.query('select keyring.add_kek($1, $2)', [organizationId, wrapped]);
  }

  async read(since: string, fingerprints: readonly string[]): Promise<Reading> {
    const [row] = await this.query<{ head: string; gone: string[]; keys: KeyRow[] }>(
      'select * from keyring.get_deks($1, $2)',
      [since, fingerprints],
      'get_deks',
    );
    const keys = row!.keys.map(({ fp, org, subject, scope, rev, epoch, wrapped }) => ({
      name: { organizationId: org, subject, scope },
      fingerprint: fp,
      revision: rev,
      epoch,
      wrapped: wrapped === null ? undefined : Buffer.from(wrapped, 'base64'),
    }));
    return { head: row!.head, gone: row!.gone, keys };
  }

  /** In the order of the candidates; undefined where a fence stands. */
  async getOrAdd(candidates: readonly Candidate[]): Promise<readonly (StoredKey | undefined)[]> {
    const rows = await this.query<{ fp: string | null; rev: number; epoch: number; wrapped: Buffer }>(
      'select * from keyring.get_or_add($1, $2, $3, $4, $5, $6) order by n',
      [
        candidates.map(({ name }) => name.organizationId),
        candidates.map(({ name }) => name.subject),
        candidates.map(({ name }) => name.scope),
        candidates.map(({ epoch }) => epoch),
        candidates.map(({ wrapped }) => wrapped),
        candidates.map(({ fingerprint }) => fingerprint),
      ],
    );
    return rows.map(({ fp, rev, epoch, wrapped }, index) =>
      fp === null ? undefined : { name: candidates[index]!.name, fingerprint: fp, revision: rev, epoch, wrapped },
    );
  }

  async fenceAndDestroy(
    erasureId: string,
    organizationId: string,
    subject: string,
    scopes: readonly string[],
  ): Promise<readonly string[]> {
    const [row] = await this.query<{ fps: string[] }>('select keyring.fence_and_destroy($1, $2, $3, $4) as fps', [
      erasureId,
      organizationId,
      subject,
      scopes,
    ]);
    return row!.fps;
  }

  async knownErasures(erasureIds: readonly string[]): Promise<readonly string[]> {
    const [row] = await this.query<{ ids: string[] }>('select keyring.known_erasures($1) as ids', [erasureIds]);
    return row!.ids;
  }

  async ledgerBrokenAt(): Promise<number | undefined> {
    const [row] = await this.query<{ seq: string | null }>('select keyring.ledger_broken_at() as seq', []);
    return row!.seq === null ? undefined : Number(row!.seq);
  }

  async close(): Promise<void> {
    if (!this.pool.ending) await this.pool.end();
  }

  /** Every function may be repeated. @param name of a query that is worth preparing. */
  private async query<R extends object>(text: string, values: unknown[], name?: string): Promise<R[]> {
    const until = performance.now() + PATIENCE_MS;
    // Every idle connection may be dead at once; one more attempt must open a new one.
    for (let left = this.pool.totalCount; ; left -= 1) {
      try {
        return (await this.pool.query<R>({ text, values, ...(name ? { name } : {}) })).rows;
      } catch (cause) {
        if (left > 0 && isConnectionLoss(cause) && !this.pool.ending && performance.now() < until) continue;
        throw new KeysUnavailable('The keyring does not answer.', { cause });
      }
    }
  }
}
