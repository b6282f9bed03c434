import type { Pool } from 'pg';
import type { Standing } from './authority.js';
import { newToken, tokenHash } from './credentials.js';
import { Rounds } from '../platform/rounds.js';

const HOUR = 3_600_000;
/** How long somebody stays signed in, in real time. */
export const SESSION_HOURS = 12;

/** Whose a session is, and what it was begun under: the log must still say the same. */
export interface SessionGrounds {
  readonly userId: string;
  readonly organizationId: string;
  readonly membershipId: string;
  readonly userEpoch: number;
  readonly membershipEpoch: number;
}
/** What a session of somebody begins under now. */
export const groundsOf = ({ user, membership, organization }: Standing): SessionGrounds => ({
  userId: user.id,
  organizationId: organization.id,
  membershipId: membership.id,
  userEpoch: user.sessionEpoch,
  membershipEpoch: membership.accessEpoch,
});
/** What stands behind a bearer token: a session, or a token for programs that its user's stream must still name. */
export type Bearer =
  | (SessionGrounds & { readonly kind: 'session'; readonly expiresAt: number })
  | { readonly kind: 'token'; readonly userId: string; readonly organizationId: string; readonly tokenId: string };

interface Row {
  token_hash: Buffer;
  user_id: string;
  organization_id: string;
  membership_id: string | null;
  user_epoch: number | null;
  membership_epoch: number | null;
  expires_at: Date | null;
  token_id: string | null;
}

/** Sessions and tokens for programs: opaque, known by their hash alone. */
export class Sessions {
  private readonly asked: Rounds<Buffer, Bearer | undefined>;

  /** @param now real time, in milliseconds. */
  constructor(
    private readonly pool: Pool,
    private readonly now: () => number = Date.now,
  ) {
    this.asked = new Rounds((hashes) => this.find(hashes));
  }

  /** Begins a session. @returns its token, which is not stored. */
  async begin(grounds: SessionGrounds): Promise<{ readonly token: string; readonly expiresAt: string }> {
    const token = newToken();
    return { token, expiresAt: await this.store(token, grounds, '') };
  }

  /** What is behind a token now; those asked for in the same turn are one query. */
  bearerOf(token: string): Promise<Bearer | undefined> {
    return this.asked.ask(tokenHash(token));
  }

  async end(token: string): Promise<void> {
    await this.pool.query('update app.sessions set revoked_at = $2 where token_hash = $1 and revoked_at is null', [tokenHash(token), new Date(this.now())]);
  }

  /** Lets a session go on where what it began under has changed by its own doing; also where it has been cleared away since. */
  async carryOn(token: string, grounds: SessionGrounds): Promise<void> {
    await this.store(token, grounds, 'on conflict (token_hash) do update set user_epoch = excluded.user_epoch where sessions.revoked_at is null');
  }

  /** Stores a program's token under its id, before the user's stream names it. */
  async storeToken(tokenId: string, token: string, userId: string, organizationId: string): Promise<void> {
    await this.pool.query(
      'insert into app.api_tokens (token_hash, token_id, user_id, organization_id) values ($1, $2, $3, $4) on conflict do nothing',
      [tokenHash(token), tokenId, userId, organizationId],
    );
  }

  /**
   * Forgets what the log ended long ago: sessions of other epochs than the user's, and tokens that the stream names no
   * more. Nothing depends on it. A token that is just being issued is left alone.
   */
  async forget(userId: string, userEpoch: number, tokenIds: readonly string[]): Promise<void> {
    await this.pool.query('delete from app.sessions where user_id = $1 and (user_epoch < $2 or expires_at < $3)', [userId, userEpoch, new Date(this.now())]);
    await this.pool.query(
      "delete from app.api_tokens where user_id = $1 and not token_id = any($2::uuid[]) and created_at < clock_timestamp() - interval '1 hour'",
      [userId, tokenIds],
    );
  }

  /** As `forget`, for what somebody was signed in to as one member. */
  async forgetMembership(membershipId: string, membershipEpoch: number): Promise<void> {
    await this.pool.query('delete from app.sessions where membership_id = $1 and membership_epoch < $2', [membershipId, membershipEpoch]);
  }

  private async store(token: string, grounds: SessionGrounds, onConflict: string): Promise<string> {
    const begun = new Date(this.now());
    const expires = new Date(this.now() + SESSION_HOURS * HOUR);
    const { userId, organizationId, membershipId, userEpoch, membershipEpoch } = grounds;
    await this.pool.query(
      `insert into app.sessions (token_hash, user_id, organization_id, membership_id, user_epoch, membership_epoch, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) ${onConflict}`,
      [tokenHash(token), userId, organizationId, membershipId, userEpoch, membershipEpoch, begun, expires],
    );
    return expires.toISOString();
  }

  private async find(hashes: readonly Buffer[]): Promise<readonly (Bearer | undefined)[]> {
    const { rows } = await this.pool.query<Row>({
      name: 'bearers',
      text: `select token_hash, user_id, organization_id, membership_id, user_epoch, membership_epoch, expires_at, null::uuid as token_id
           from app.sessions where token_hash = any($1::bytea[]) and revoked_at is null
         union all
         select token_hash, user_id, organization_id, null, null, null, null, token_id from app.api_tokens where token_hash = any($1::bytea[])`,
      values: [hashes],
    });
    const found = new Map(rows.map((row) => [row.token_hash.toString('hex'), bearer(row)]));
    return hashes.map((hash) => {
      const one = found.get(hash.toString('hex'));
      return one?.kind === 'session' && one.expiresAt <= this.now() ? undefined : one;
    });
  }
}

function bearer(row: Row): Bearer {
  const whose = { userId: row.user_id, organizationId: row.organization_id };
  if (row.token_id !== null) return { kind: 'token', ...whose, tokenId: row.token_id };
  return {
    kind: 'session',
    ...whose,
    membershipId: row.membership_id!,
    userEpoch: row.user_epoch!,
    membershipEpoch: row.membership_epoch!,
    expiresAt: row.expires_at!.getTime(),
  };
}
