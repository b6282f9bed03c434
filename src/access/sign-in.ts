import type { Pool } from 'pg';
import { Credentials, newToken, PasswordHasher, tokenHash } from './credentials.js';

/** What somebody may do in an organisation, folded from the log. */
export interface Authority {
  of(userId: string, organizationId: string): Promise<Authorized | undefined>;
}
export interface Authorized {
  readonly role: string;
  readonly permissions: Set<string>;
  /** Status of the organisation. */
  readonly status: string;
  readonly name: string;
  readonly organizationName: string;
  readonly residentId?: string;
}

/** A user as signing in needs it. */
export interface SignInUser {
  readonly userId: string;
  readonly credentialId: string;
  readonly status: string;
  /** Organisations with a live membership, the primary one first. */
  readonly organizationIds: readonly string[];
}
export interface SignInOptions {
  readonly pool: Pool;
  emailKey(email: string): string;
  findUser(emailKey: string): Promise<SignInUser | undefined>;
  /** Real time, in milliseconds. */
  readonly now?: () => number;
  readonly argon2?: PasswordHasher;
}
export interface Session {
  readonly userId: string;
  readonly organizationId: string;
  readonly expiresAt: string;
}

export class SignInRefused extends Error {
  constructor(
    readonly status: 401 | 403 | 429,
    readonly code: 'SIGN_IN_FAILED' | 'NOT_A_MEMBER' | 'USR-2',
    message: string,
  ) {
    super(message);
  }
}

const MINUTE = 60_000;
const SESSION = 12 * 60 * MINUTE;
const FAILURES = 5;

export class SignIn {
  private readonly hasher: PasswordHasher;
  private readonly credentials: Credentials;
  private readonly now: () => number;
  private decoy?: Promise<string>;

  constructor(private readonly options: SignInOptions) {
    this.hasher = options.argon2 ?? new PasswordHasher();
    this.credentials = new Credentials(options.pool, this.hasher);
    this.now = options.now ?? Date.now;
  }

  /** @throws SignInRefused, TooManyWaiting. The work is the same for an unknown address. */
  async signIn(email: string, password: string, organizationId?: string): Promise<Session & { token: string }> {
    const key = this.options.emailKey(email.normalize('NFC').trim().toLowerCase());
    if (await this.locked(key)) throw new SignInRefused(429, 'USR-2', 'Too many failed sign-ins: try again in half an hour.');
    const user = await this.options.findUser(key);
    const stored = user && (await this.credentials.hashOf(user.credentialId));
    const matches = await this.hasher.verify(stored ?? (await this.decoyHash()), password);
    if (!user || !stored || !matches || user.status !== 'active') {
      await this.options.pool.query('insert into app.sign_in_attempts (email_key, at) values ($1, $2)', [key, new Date(this.now())]);
      throw new SignInRefused(401, 'SIGN_IN_FAILED', 'The e-mail address or the password is wrong.');
    }
    const organization = organizationId ?? user.organizationIds[0];
    if (!organization || !user.organizationIds.includes(organization)) {
      throw new SignInRefused(403, 'NOT_A_MEMBER', 'You are no member of this organisation.');
    }
    await this.options.pool.query('delete from app.sign_in_attempts where email_key = $1', [key]);
    return this.open(user.userId, organization);
  }

  async signOut(token: string): Promise<void> {
    await this.options.pool.query(
      'update app.sessions set revoked_at = $2 where token_hash = $1 and revoked_at is null',
      [tokenHash(token), new Date(this.now())],
    );
  }

  /** Ends every session and API token of a user (USR-6). */
  async revokeAll(userId: string): Promise<void> {
    await this.options.pool.query('update app.sessions set revoked_at = $2 where user_id = $1 and revoked_at is null', [userId, new Date(this.now())]);
    await this.options.pool.query('delete from app.api_tokens where user_id = $1', [userId]);
  }

  /** The session or API token behind a bearer token, asked at each request. */
  async sessionOf(token: string): Promise<Session | undefined> {
    const { rows } = await this.options.pool.query<{ user_id: string; organization_id: string; expires_at: Date }>(
      `select user_id, organization_id, expires_at from app.sessions
        where token_hash = $1 and revoked_at is null and expires_at > $2
       union all
       select user_id, organization_id, expires_at from app.api_tokens where token_hash = $1 and expires_at > $2`,
      [tokenHash(token), new Date(this.now())],
    );
    const row = rows[0];
    return row && { userId: row.user_id, organizationId: row.organization_id, expiresAt: row.expires_at.toISOString() };
  }

  private async open(userId: string, organizationId: string): Promise<Session & { token: string }> {
    const token = newToken();
    const expires = new Date(this.now() + SESSION);
    await this.options.pool.query(
      'insert into app.sessions (token_hash, user_id, organization_id, created_at, expires_at) values ($1, $2, $3, $4, $5)',
      [tokenHash(token), userId, organizationId, new Date(this.now()), expires],
    );
    return { token, userId, organizationId, expiresAt: expires.toISOString() };
  }

  /** Five failures within 15 minutes of each other lock for 30 after the fifth. */
  private async locked(key: string): Promise<boolean> {
    const now = this.now();
    const { rows } = await this.options.pool.query<{ at: Date }>(
      'select at from app.sign_in_attempts where email_key = $1 and at > $2 order by at',
      [key, new Date(now - 45 * MINUTE)],
    );
    return rows.some(({ at }, index) => {
      const first = rows[index - FAILURES + 1];
      return first && at.getTime() - first.at.getTime() <= 15 * MINUTE && now < at.getTime() + 30 * MINUTE;
    });
  }

  private decoyHash(): Promise<string> {
    return (this.decoy ??= this.hasher.hash(newToken()));
  }
}
