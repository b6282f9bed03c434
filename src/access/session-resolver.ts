import type { Actor } from '../kernel/command.js';
import { maySeeWith, restrictedTo } from '../kernel/permissions.js';
import type { Privacy } from '../kernel/privacy.js';
import { ruleAsked } from '../kernel/rules.js';
import type { Clock } from '../platform/clock.js';
import { KeysUnavailable } from '../privacy/codec.js';
import type { Authority, Standing } from './authority.js';
import { tokenHash } from './credentials.js';
import type { Bearer, Sessions } from './sessions.js';
import type { UserState } from './states.js';
import type { UserNames } from './user-names.js';

/** Somebody with a session or a token, and what they are called. */
export type SignedIn = Actor & {
  readonly user: { readonly id: string; readonly name: string };
  readonly organization: { readonly id: string; readonly name: string };
};

/** Whether somebody is shown values of this classification; elsewhere they are masked. */
export const maySee = (actor: Pick<Actor, 'permissions'>, privacy: Privacy): boolean => maySeeWith(actor.permissions, privacy);

const REMEMBERED = 10_000;

/** Who is behind a bearer token, decided anew at every request. */
export class SessionResolver {
  /** Whose a token was: what stands in the log is then read at the same time as the session. */
  private readonly whose = new Map<string, { readonly userId: string; readonly organizationId: string }>();

  constructor(
    private readonly parts: {
      readonly sessions: Sessions;
      readonly authority: Authority;
      readonly names: UserNames;
      readonly clock: Clock;
    },
  ) {}

  /** Undefined for a token that is none, ended, or whose user may not come in any more. */
  async actorOf(token: string): Promise<SignedIn | undefined> {
    const key = tokenHash(token).toString('base64');
    const known = this.whose.get(key);
    const [bearer, early] = await Promise.all([this.parts.sessions.bearerOf(token), known && this.standing(known)]);
    if (!bearer) {
      this.whose.delete(key);
      return undefined;
    }
    const standing = known ? early : await this.standing(bearer);
    if (!standing) return undefined;
    this.remember(key, bearer);
    ruleAsked('USR-6', standing.user.status !== 'deactivated');
    if (standing.user.status === 'deactivated') return undefined;
    const permissions = await this.permissionsOf(bearer, standing);
    return permissions && this.signedIn(standing, permissions, bearer.kind === 'token');
  }

  /** What the bearer may do; undefined where the log has ended the session or the token. */
  private async permissionsOf(bearer: Bearer, { user, membership, permissions }: Standing): Promise<ReadonlySet<string> | undefined> {
    if (bearer.kind === 'session') {
      const same = bearer.userEpoch === user.sessionEpoch && bearer.membershipEpoch === membership.accessEpoch;
      return same && bearer.membershipId === membership.id ? permissions : undefined;
    }
    const token = user.tokens.find(({ tokenId }) => tokenId === bearer.tokenId);
    if (!token || token.membershipId !== membership.id) return undefined;
    return (await this.parts.clock.now()) < token.expiresAt ? restrictedTo(token.scopes, permissions) : undefined;
  }

  private async signedIn({ user, membership, organization }: Standing, permissions: ReadonlySet<string>, byToken: boolean): Promise<SignedIn> {
    return {
      id: user.id,
      role: membership.role,
      organizationId: organization.id,
      permissions,
      organizationPaused: organization.status !== 'active',
      ...(membership.residentId ? { residentId: membership.residentId } : {}),
      ...(byToken ? { byToken } : {}),
      user: { id: user.id, name: await this.nameOf(user) },
      organization: { id: organization.id, name: organization.name },
    };
  }

  /** Nobody is kept out because the keys to names do not answer. */
  private nameOf(user: UserState): Promise<string> {
    return this.parts.names.of(user).catch((error: unknown) => {
      if (error instanceof KeysUnavailable) return '';
      throw error;
    });
  }

  private standing({ userId, organizationId }: { userId: string; organizationId: string }): Promise<Standing | undefined> {
    return this.parts.authority.of(userId, organizationId);
  }

  private remember(key: string, { userId, organizationId }: Bearer): void {
    if (this.whose.has(key)) return;
    this.whose.set(key, { userId, organizationId });
    if (this.whose.size > REMEMBERED) this.whose.delete(this.whose.keys().next().value!);
  }
}
