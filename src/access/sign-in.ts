import { rule } from '../kernel/rules.js';
import type { Authority, Standing } from './authority.js';
import { type PasswordProof, SignInRefused } from './password-proof.js';
import { groundsOf, type Sessions } from './sessions.js';
import type { UserState } from './states.js';
import type { UserNames } from './user-names.js';

/** Who signs in. */
export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  /** Which of one's organisations; without it, the one of which one has been a member for longest. */
  readonly organizationId?: string | null;
}

/** An organisation that somebody may sign in to. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What signing in is answered with. */
export interface SignInAnswer {
  readonly token: string;
  readonly expiresAt: string;
  readonly user: Named;
  readonly organization: Named;
  readonly role: string;
  readonly permissions: readonly string[];
  /** All organisations that one could have signed in to. */
  readonly organizations: readonly Named[];
}

/** Roles that sign in with a second factor where the organisation requires it (USR-5). */
const SECOND_FACTOR: readonly string[] = ['admin', 'manager', 'dpo', 'finance'];

/** Signing in and out. */
export class SignIn {
  constructor(
    private readonly parts: {
      readonly authority: Authority;
      readonly proof: PasswordProof;
      readonly sessions: Sessions;
      readonly names: UserNames;
      readonly emailKey: (email: string) => string;
    },
  ) {}

  /** @throws SignInRefused, TooManyWaiting; Refusal USR-5. */
  async signIn({ email, password, organizationId }: SignInRequest): Promise<SignInAnswer> {
    const { authority, proof, sessions, names, emailKey } = this.parts;
    const user = await proof.prove(emailKey(email), password);
    const own = await authority.organizationsOf(user.id);
    const chosen = organizationId ?? own[0];
    const standing = chosen !== undefined && own.includes(chosen) ? await authority.of(user.id, chosen) : undefined;
    if (!standing) throw new SignInRefused(403, 'NOT_A_MEMBER', 'You are no member of this organisation.');
    checkSecondFactor(standing);
    const { membership, organization, permissions } = standing;
    const begun = await sessions.begin(groundsOf(standing));
    await this.tidy(standing.user);
    return {
      ...begun,
      user: { id: user.id, name: await names.of(user) },
      organization: { id: organization.id, name: organization.name },
      role: membership.role,
      permissions: [...permissions].sort(),
      organizations: await this.named(own),
    };
  }

  /** The token means nothing from now on. A token for programs is ended by revoking it. */
  signOut(token: string): Promise<void> {
    return this.parts.sessions.end(token);
  }

  private async named(organizationIds: readonly string[]): Promise<Named[]> {
    const found = await Promise.all(organizationIds.map((id) => this.parts.authority.organization(id)));
    return found.flatMap((one) => (one ? [{ id: one.id, name: one.name }] : []));
  }

  private tidy({ id, sessionEpoch, tokens }: UserState): Promise<void> {
    return this.parts.sessions.forget(id, sessionEpoch, tokens.map(({ tokenId }) => tokenId));
  }
}

/** Nobody can enrol a second factor yet: where it is required, these roles cannot come in. @throws Refusal USR-5 */
function checkSecondFactor({ organization, membership }: Standing): void {
  const required = organization.mfaRequired === true && SECOND_FACTOR.includes(membership.role);
  rule('USR-5', 'Your organisation requires a second factor for your role, and you have none.', !required, undefined, 403);
}
