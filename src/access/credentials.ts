import { hash as digest, randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Pool } from 'pg';

/** Argon2id with the parameters that OWASP advises. 2 is Argon2id. */
export const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
export type Argon2Options = { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };

/** Too many are waiting: answered 429. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
  readonly status = 429;
  readonly code = 'TOO_MANY_REQUESTS';
  readonly retryAfter = 2;
  constructor() {
    super('Too many sign-ins at once: try again in a moment.');
  }
}

/** Hashes a few at a time: each takes memory and a thread. */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy?: Promise<string>;

  constructor(
    private readonly options: Argon2Options = ARGON2,
    private readonly parallel = 2,
    private readonly limit = 50,
  ) {}

  /** @throws TooManyWaiting */
  hash(password: string): Promise<string> {
    return this.queued(() => hash(password, { ...this.options, algorithm: 2 }));
  }

  /** Whether a password is behind a hash. Where there is none, the same work is done for nothing. @throws TooManyWaiting */
  async verify(stored: string | undefined, password: string): Promise<boolean> {
    const against = stored ?? (await this.decoyHash());
    return (await this.queued(() => verify(against, password))) && stored !== undefined;
  }

  private decoyHash(): Promise<string> {
    return (this.decoy ??= hash(newToken(), { ...this.options, algorithm: 2 }));
  }

  private async queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.parallel) this.running++;
    else {
      if (this.waiting.length >= this.limit) throw new TooManyWaiting();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      // The place goes to the next one, or becomes free.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

/** An opaque token. */
export const newToken = (): string => randomBytes(32).toString('base64url');
/** How tokens are stored. */
export const tokenHash = (token: string): Buffer => digest('sha256', token, 'buffer');

/** Password hashes; one counts once its user's stream names it. */
export class Credentials {
  constructor(
    private readonly pool: Pool,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Stores a password's hash under an id of one's own choice, once. @throws TooManyWaiting */
  async store(userId: string, credentialId: string, password: string): Promise<void> {
    const hashed = await this.hasher.hash(password);
    await this.pool.query(
      'insert into app.credentials (credential_id, user_id, hash) values ($1, $2, $3) on conflict (credential_id) do nothing',
      [credentialId, userId, hashed],
    );
  }

  /** Whether a password is the one behind a user's credential; as much work where there is none. @throws TooManyWaiting */
  async proves(userId: string, credentialId: string, password: string): Promise<boolean> {
    return this.hasher.verify(await this.hashOf(userId, credentialId), password);
  }

  async has(userId: string, credentialId: string): Promise<boolean> {
    return (await this.hashOf(userId, credentialId)) !== undefined;
  }

  /** Forgets what the user's stream names no more; what is just being changed is left alone. */
  async keepOnly(userId: string, credentialId: string): Promise<void> {
    await this.pool.query(
      "delete from app.credentials where user_id = $1 and credential_id <> $2 and created_at < clock_timestamp() - interval '1 hour'",
      [userId, credentialId],
    );
  }

  private async hashOf(userId: string, credentialId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ hash: string }>(
      'select hash from app.credentials where credential_id = $1 and user_id = $2',
      [credentialId, userId],
    );
    return rows[0]?.hash;
  }
}
