import { createHash } from 'node:crypto';
import { DataKey, type KeyName } from '../../src/privacy/key-cache.js';
import type { Keyring } from '../../src/privacy/keyring.js';

const SEPARATOR = '/';

/**
 * A keyring without a database, for what must be opened again in years: each key follows from its name, and a fingerprint
 * is the name. Only for specs and samples; it keeps nothing secret.
 */
export class FixedKeyring {
  private readonly destroyed = new Set<string>();

  toSeal(names: readonly KeyName[]): Promise<DataKey[]> {
    return Promise.resolve(names.map((name) => this.keyOf(fingerprintOf(name), name)));
  }

  toOpen(fingerprints: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    return Promise.resolve(new Map(fingerprints.map((fingerprint) => {
      const [organizationId = '', subject = '', scope] = fingerprint.split(SEPARATOR);
      return [fingerprint, this.keyOf(fingerprint, { organizationId, subject, scope: scope as KeyName['scope'] })];
    })));
  }

  blindIndex(organizationId: string, field: string, value: string): string {
    return createHash('sha256').update(['index', organizationId, field, value].join(SEPARATOR)).digest('base64url');
  }

  /** Everything of this person is erased. */
  destroy(subject: string): void {
    this.destroyed.add(subject);
  }

  /** As the codec wants it, which uses no more of a keyring than this. */
  asKeyring(): Keyring {
    return this as unknown as Keyring;
  }

  private keyOf(fingerprint: string, name: KeyName): DataKey {
    const bytes = createHash('sha256').update(`sample${SEPARATOR}${fingerprint}`).digest();
    return new DataKey(name, 1, fingerprint, this.destroyed.has(name.subject) ? undefined : bytes, 0);
  }
}

const fingerprintOf = ({ organizationId, subject, scope }: KeyName): string => [organizationId, subject, scope].join(SEPARATOR);
