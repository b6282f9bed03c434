import type { KeyObject } from 'node:crypto';
import { PLATFORM } from '../kernel/entity.js';
import { isUuid } from '../kernel/values.js';
import { KeysUnavailable, SubjectErased } from './codec.js';
import { DataKey, KeyCache, nameOf, type KeyName } from './key-cache.js';
import { derivedKey, fingerprintOf, hmacOf, KEY_BYTES, keyObject, newKey, unwrapKey, wrapKey } from './key-wrap.js';
import { KeyringDatabase, type Candidate, type StoredKey } from './keyring-database.js';
import { Rounds } from '../platform/rounds.js';

export type { KeyName } from './key-cache.js';
export { DataKey } from './key-cache.js';

/** How the keyring is reached, and how much of it is kept in memory. */
export interface KeyringOptions {
  /** Of the keyring's application role. */
  readonly connectionString: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Keys kept in memory, default 20,000. */
  readonly cached?: number;
  /** For how long, default five minutes. */
  readonly cachedMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** What is to be destroyed, and on whose decision. */
export interface Destruction {
  /** Of the decision; a repeat carries the same one. */
  readonly erasureId: string;
  readonly organizationId: string;
  readonly subject: string;
  readonly scopes: readonly string[];
}

/** A key that is there, named without its bytes. */
export type DestroyableKey = Pick<StoredKey, 'name' | 'fingerprint'>;

/** What one round is asked: keys to open with, or keys to seal under. */
type Asked = { readonly fingerprints: readonly string[] } | { readonly names: readonly KeyName[] };

/** So many keys at once are asked for by who goes through the whole log: they are not kept, and would only push out those in use. */
const MANY = 1_000;
/** Behind every entry of the ledger: nothing is told of what was destroyed meanwhile. */
const NOTHING_NEW = '9223372036854775807';
const boundKek = (organizationId: string): string => `kek|${organizationId}`;
/** Whether a master key opens the key of an organisation, which opens those of its people. */
export const opensOrganizationKey = (masterKey: Uint8Array, organizationId: string, wrapped: Uint8Array): boolean =>
  unwrapKey(keyObject(derivedKey(masterKey, 'wrap')), wrapped, boundKek(organizationId)) !== undefined;
const boundDek = (name: KeyName, fingerprint: string): string => `dek|${nameOf(name)}|${fingerprint}`;

/**
 * The keys of data subjects. The master key wraps one key an organisation, which wraps one key a subject and scope.
 * Every answer is newer than its question: it names no key as alive whose erasure had ended by then, kept in memory or
 * not. All questions of one moment share one query.
 */
export class Keyring {
  private readonly organizationKeys = new Map<string, KeyObject>();
  private readonly activeEpochs = new Map<string, number>();
  private readonly hmacKeys = new Map<string, KeyObject>();
  private readonly rounds = new Rounds<Asked, ReadonlyMap<string, DataKey | undefined>>((asked) => this.round(asked));
  private readonly sweeping: NodeJS.Timeout;
  private since = '0';

  private constructor(
    private readonly database: KeyringDatabase,
    private readonly wrappingKey: KeyObject,
    private readonly masterKey: Buffer,
    private readonly cache: KeyCache,
    private readonly now: () => number,
    cachedMs: number,
  ) {
    this.sweeping = setInterval(() => this.cache.sweep(), cachedMs).unref();
  }

  /** @throws KeysUnavailable where the database does not answer, or was made with another master key. */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const { connectionString, masterKey, cached = 20_000, cachedMs = 300_000, now = () => performance.now() } = options;
    if (masterKey.length !== KEY_BYTES) throw new KeysUnavailable(`The master key must have ${KEY_BYTES} bytes.`);
    const database = new KeyringDatabase(connectionString);
    const master = Buffer.from(masterKey);
    const keyring = new Keyring(
      database,
      keyObject(derivedKey(master, 'wrap')),
      master,
      new KeyCache(cached, cachedMs, now),
      now,
      cachedMs,
    );
    try {
      keyring.since = (await database.read(NOTHING_NEW, [])).head;
      await keyring.epochToWrapUnder(PLATFORM);
    } catch (error) {
      await keyring.close();
      throw error;
    }
    return keyring;
  }

  /**
   * Keys by fingerprint. A destroyed one says so; one that is missing is lost or cannot be unwrapped, and is not erased.
   * @throws KeysUnavailable
   */
  async toOpen(fingerprints: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    if (fingerprints.length === 0) return new Map();
    return (await this.rounds.ask({ fingerprints })) as ReadonlyMap<string, DataKey>;
  }

  /**
   * The keys to seal new values under, in the order of the names; made where there is none.
   * @throws SubjectErased where one was destroyed; KeysUnavailable.
   */
  async toSeal(names: readonly KeyName[]): Promise<DataKey[]> {
    for (const { organizationId, subject } of names) {
      if (!isUuid(subject) || !isUuid(organizationId))
        throw new Error(`A data subject is named by a UUID: ${organizationId}, ${subject}.`);
    }
    if (names.length === 0) return [];
    const keys = await this.rounds.ask({ names });
    return names.map((name) => {
      const key = keys.get(nameOf(name));
      if (!key)
        throw new SubjectErased(
          'The personal data of this person was erased; nothing more of the kind can be recorded.',
        );
      return key;
    });
  }

  /**
   * Destroys the subject's keys of these scopes for ever, and lets no new one be made. A repeat gives the same answer.
   * @returns the fingerprints of all destroyed keys of these scopes. @throws KeysUnavailable
   */
  async destroy({ erasureId, organizationId, subject, scopes }: Destruction): Promise<readonly string[]> {
    const fingerprints = await this.database.fenceAndDestroy(erasureId, organizationId, subject, scopes);
    for (const fingerprint of fingerprints) this.cache.destroyed(fingerprint);
    return fingerprints;
  }

  /** Of keys that were recorded as destroyed: those that are not so here, by their names, and those that are unknown here. @throws KeysUnavailable */
  async notDestroyed(fingerprints: readonly string[]): Promise<{ readonly alive: readonly DestroyableKey[]; readonly unknown: readonly string[] }> {
    const { keys } = await this.database.read(NOTHING_NEW, fingerprints);
    const known = new Set(keys.map(({ fingerprint }) => fingerprint));
    return { alive: keys.filter(({ wrapped }) => wrapped), unknown: fingerprints.filter((one) => !known.has(one)) };
  }

  /** Whether the ledger has an erasure on record. @throws KeysUnavailable */
  async knowsErasure(erasureId: string): Promise<boolean> {
    return (await this.database.knownErasures([erasureId])).length > 0;
  }

  /** First entry of the erasure ledger that is missing or altered; undefined where it is whole. @throws KeysUnavailable */
  ledgerBrokenAt(): Promise<number | undefined> {
    return this.database.ledgerBrokenAt();
  }

  /** Key of the installation for one purpose, always the same. */
  derive(purpose: string): Buffer {
    return derivedKey(this.masterKey, `installation|${purpose}`);
  }

  /** HMAC-SHA256 of a text under a key of this organisation (or of `PLATFORM`) and purpose, as lower-case hex. */
  hmac(organizationId: string, purpose: string, text: string): string {
    const name = `hmac|${organizationId}|${purpose}`;
    const key = this.hmacKeys.get(name) ?? keyObject(derivedKey(this.masterKey, name));
    this.hmacKeys.set(name, key);
    return hmacOf(key, text).toString('hex');
  }

  /** What is searched for in place of a sealed value: 32 hex digits, blind to case, spaces and hyphens. */
  blindIndex(organizationId: string, field: string, value: string): string {
    const normal = value
      .normalize('NFKC')
      .replaceAll(/[\s\p{Pd}]/gu, '')
      .toUpperCase();
    return this.hmac(organizationId, `index|${field}`, normal).slice(0, 32);
  }

  /** Wipes what it holds and gives up its connections. */
  async close(): Promise<void> {
    clearInterval(this.sweeping);
    this.cache.clear();
    this.organizationKeys.clear();
    await this.database.close();
  }

  private async round(asked: readonly Asked[]): Promise<ReadonlyMap<string, DataKey | undefined>[]> {
    const fingerprints = new Set(asked.flatMap((one) => ('fingerprints' in one ? one.fingerprints : [])));
    const names = new Map(
      asked.flatMap((one) => ('names' in one ? one.names.map((name) => [nameOf(name), name] as const) : [])),
    );
    const found = await this.opening(fingerprints);
    const sealing = await this.sealing(names);
    return asked.map((one) =>
      'names' in one
        ? new Map(one.names.map((name) => [nameOf(name), sealing.get(nameOf(name))]))
        : new Map(
            one.fingerprints.flatMap((fingerprint) =>
              found.has(fingerprint) ? [[fingerprint, found.get(fingerprint)]] : [],
            ),
          ),
    );
  }

  /** Asks the database each time, if only what was destroyed since the last time. */
  private async opening(fingerprints: ReadonlySet<string>): Promise<Map<string, DataKey>> {
    const found = new Map<string, DataKey>();
    for (const fingerprint of fingerprints) {
      const key = this.cache.get(fingerprint);
      if (key) found.set(fingerprint, key);
    }
    const missing = [...fingerprints].filter((fingerprint) => !found.has(fingerprint));
    const { head, gone, keys } = await this.database.read(this.since, missing);
    this.since = head;
    for (const fingerprint of gone) {
      this.cache.destroyed(fingerprint);
      const key = found.get(fingerprint);
      if (key) found.set(fingerprint, key.asDestroyed());
    }
    for (const key of await this.unwrapped(keys)) {
      if (missing.length < MANY) this.cache.add(key);
      found.set(key.fingerprint, key);
    }
    return found;
  }

  /** After `opening`: what the cache names as current then was alive when this round began. */
  private async sealing(names: ReadonlyMap<string, KeyName>): Promise<Map<string, DataKey | undefined>> {
    const sealing = new Map<string, DataKey | undefined>();
    const wanted: KeyName[] = [];
    for (const [text, name] of names) {
      const key = this.cache.currentOf(name);
      if (key) sealing.set(text, key);
      else wanted.push(name);
    }
    if (wanted.length === 0) return sealing;
    const candidates: Candidate[] = [];
    for (const name of wanted) candidates.push(await this.candidate(name));
    const stored = await this.database.getOrAdd(candidates);
    const unwrapped = new Map(
      (await this.unwrapped(stored.filter((one) => one !== undefined))).map((key) => [key.fingerprint, key]),
    );
    for (const [index, one] of stored.entries()) {
      const key = one && unwrapped.get(one.fingerprint);
      if (one && !key) throw new KeysUnavailable('A key of the keyring cannot be unwrapped.');
      if (key) this.cache.add(key, true);
      sealing.set(nameOf(wanted[index]!), key);
    }
    return sealing;
  }

  private async candidate(name: KeyName): Promise<Candidate> {
    const { epoch, key } = await this.epochToWrapUnder(name.organizationId);
    const fresh = newKey();
    const fingerprint = fingerprintOf(fresh);
    const wrapped = wrapKey(key, fresh, boundDek(name, fingerprint));
    fresh.fill(0);
    return { name, fingerprint, epoch, wrapped };
  }

  private async unwrapped(stored: readonly StoredKey[]): Promise<DataKey[]> {
    const live = stored.filter(({ wrapped }) => wrapped);
    const missing = live.filter(({ name, epoch }) => !this.organizationKeys.has(`${name.organizationId}|${epoch}`));
    if (missing.length > 0)
      await this.readOrganizationKeys([...new Set(missing.map(({ name }) => name.organizationId))]);
    return stored.flatMap(({ name, fingerprint, revision, epoch, wrapped }) => {
      if (!wrapped) return [new DataKey(name, revision, fingerprint, undefined, this.now())];
      const under = this.organizationKeys.get(`${name.organizationId}|${epoch}`);
      const bytes = under && unwrapKey(under, wrapped, boundDek(name, fingerprint));
      return bytes ? [new DataKey(name, revision, fingerprint, bytes, this.now())] : [];
    });
  }

  private async epochToWrapUnder(organizationId: string): Promise<{ epoch: number; key: KeyObject }> {
    if (!this.activeEpochs.has(organizationId)) await this.readOrganizationKeys([organizationId]);
    if (!this.activeEpochs.has(organizationId)) {
      await this.database.addOrganizationKey(
        organizationId,
        wrapKey(this.wrappingKey, newKey(), boundKek(organizationId)),
      );
      await this.readOrganizationKeys([organizationId]);
    }
    const epoch = this.activeEpochs.get(organizationId);
    const key = this.organizationKeys.get(`${organizationId}|${epoch}`);
    if (epoch === undefined || !key) throw new KeysUnavailable('The keyring was made with another master key.');
    return { epoch, key };
  }

  private async readOrganizationKeys(organizations: readonly string[]): Promise<void> {
    for (const { org, epoch, wrapped, active } of await this.database.organizationKeys(organizations)) {
      if (active) this.activeEpochs.set(org, epoch);
      const key = unwrapKey(this.wrappingKey, wrapped, boundKek(org));
      if (key) this.organizationKeys.set(`${org}|${epoch}`, keyObject(key));
    }
  }
}
