import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Scope } from '../kernel/privacy.js';
import { KeysUnavailable } from './codec.js';

/** What a data subject's key is for. */
export interface KeyName {
  readonly organizationId: string;
  readonly subject: string;
  readonly scope: Scope;
}

/** Longer than a round of the keyring takes. */
const LINGER_MS = 30_000;

/** A data subject's key in memory. */
export class DataKey {
  private held: KeyObject | undefined;
  /** It was destroyed for ever; what it sealed is erased. */
  readonly destroyed: boolean;

  /** @param bytes undefined for a key that was destroyed; otherwise taken over and zeroed. */
  constructor(
    readonly name: KeyName,
    readonly revision: number,
    readonly fingerprint: string,
    bytes: Buffer | undefined,
    readonly fetchedAt: number,
  ) {
    // A cipher takes a key object three times as fast as bytes, and OpenSSL clears it when it is given up.
    this.held = bytes && createSecretKey(bytes);
    this.destroyed = bytes === undefined;
    bytes?.fill(0);
  }

  /** @throws KeysUnavailable once it is no longer held. */
  get key(): KeyObject {
    if (!this.held) throw new KeysUnavailable('This key is no longer held in memory: ask the keyring again.');
    return this.held;
  }
  /** Gives it up. */
  wipe(): void {
    this.held = undefined;
  }
  /** The same key, known to be destroyed. */
  asDestroyed(): DataKey {
    return new DataKey(this.name, this.revision, this.fingerprint, undefined, this.fetchedAt);
  }
}

export const nameOf = ({ organizationId, subject, scope }: KeyName): string => `${organizationId}|${subject}|${scope}`;

/** Keys most recently used, by fingerprint and by name; each for a limited time. */
export class KeyCache {
  private readonly byFingerprint = new Map<string, DataKey>();
  private readonly current = new Map<string, DataKey>();
  private readonly leaving: { readonly key: DataKey; readonly since: number }[] = [];
  private wiping: NodeJS.Timeout | undefined;

  /** @param milliseconds after which a key must be fetched again. @param now milliseconds of a clock that never goes back. */
  constructor(
    private readonly size: number,
    private readonly milliseconds: number,
    private readonly now: () => number,
  ) {}

  get length(): number {
    return this.byFingerprint.size;
  }

  get(fingerprint: string): DataKey | undefined {
    const key = this.byFingerprint.get(fingerprint);
    if (!key) return undefined;
    if (this.expired(key)) return void this.drop(key);
    this.byFingerprint.delete(fingerprint);
    this.byFingerprint.set(fingerprint, key);
    return key;
  }

  /** The key that new values of this name are sealed under. */
  currentOf(name: KeyName): DataKey | undefined {
    const key = this.current.get(nameOf(name));
    return key && this.get(key.fingerprint);
  }

  add(key: DataKey, isCurrent = false): void {
    const before = this.byFingerprint.get(key.fingerprint);
    if (before !== key && before) this.wipeSoon(before);
    this.byFingerprint.set(key.fingerprint, key);
    const name = nameOf(key.name);
    if (isCurrent || this.current.get(name)?.fingerprint === key.fingerprint) this.current.set(name, key);
    while (this.byFingerprint.size > this.size) this.drop(this.byFingerprint.values().next().value!);
  }

  /** Another process, or this one, destroyed it. */
  destroyed(fingerprint: string): void {
    const key = this.byFingerprint.get(fingerprint);
    if (!key) return;
    this.drop(key);
    this.byFingerprint.set(fingerprint, key.asDestroyed());
  }

  /** Drops what is past its time. */
  sweep(): void {
    for (const key of this.byFingerprint.values()) if (this.expired(key)) this.drop(key);
  }
  /** Wipes everything at once. */
  clear(): void {
    for (const key of [...this.byFingerprint.values(), ...this.leaving.map(({ key: left }) => left)]) key.wipe();
    this.byFingerprint.clear();
    this.current.clear();
  }

  private expired(key: DataKey): boolean {
    return this.now() - key.fetchedAt >= this.milliseconds;
  }

  private drop(key: DataKey): void {
    this.byFingerprint.delete(key.fingerprint);
    const name = nameOf(key.name);
    if (this.current.get(name)?.fingerprint === key.fingerprint) this.current.delete(name);
    this.wipeSoon(key);
  }

  /** When those who were just given it must have used it. One timer for all: of a million keys each would be dear. */
  private wipeSoon(key: DataKey): void {
    this.leaving.push({ key, since: performance.now() });
    this.wiping ??= setTimeout(() => this.wipeLeft(), LINGER_MS).unref();
  }

  private wipeLeft(): void {
    const until = performance.now() - LINGER_MS;
    const staying = this.leaving.findIndex(({ since }) => since > until);
    for (const { key } of this.leaving.splice(0, staying < 0 ? this.leaving.length : staying)) key.wipe();
    this.wiping = this.leaving.length > 0 ? setTimeout(() => this.wipeLeft(), LINGER_MS).unref() : undefined;
  }
}
