import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Pool } from 'pg';

/** Argon2id with the parameters that OWASP advises. 2 is Argon2id. */
export const ARGON2 = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
export type Argon2Options = { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };

/** Too many are waiting: answer 429. */
export class TooManyWaiting extends Error {
  readonly status = 429;
  readonly code = 'TOO_MANY_REQUESTS';
}

/** Hashes a few at a time: each takes memory and a thread. */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  constructor(
    private readonly options: Argon2Options = ARGON2,
    private readonly parallel = 2,
    private readonly limit = 50,
  ) {}

  hash(password: string): Promise<string> {
    return this.queued(() => hash(password, { ...this.options, algorithm: 2 }));
  }
  verify(stored: string, password: string): Promise<boolean> {
    return this.queued(() => verify(stored, password));
  }

  private async queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.parallel) this.running++;
    else {
      if (this.waiting.length >= this.limit) throw new TooManyWaiting('Too many sign-ins at once: try again in a moment.');
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

/** An opaque token, shown once. */
export const newToken = (): string => randomBytes(32).toString('base64url');
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Password hashes; one counts once the user's stream names its id. */
export class Credentials {
  constructor(
    private readonly pool: Pool,
    private readonly hasher: PasswordHasher,
  ) {}

  /** Stores a password's hash. @returns the credential's id. */
  async store(userId: string, password: string, credentialId: string = randomUUID()): Promise<string> {
    const hashed = await this.hasher.hash(password);
    await this.pool.query(
      `insert into app.credentials (credential_id, user_id, hash) values ($1, $2, $3)
       on conflict (credential_id) do nothing`,
      [credentialId, userId, hashed],
    );
    return credentialId;
  }

  async hashOf(credentialId: string): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ hash: string }>('select hash from app.credentials where credential_id = $1', [credentialId]);
    return rows[0]?.hash;
  }
}
