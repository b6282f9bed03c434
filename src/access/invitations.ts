import { createHash, randomUUID } from 'node:crypto';
import { decide, type Outside } from '../commands/decision.js';
import type { EventStore } from '../event-store/event-store.js';
import { metadataOf } from '../event-store/metadata.js';
import type { Catalogue } from '../kernel/catalogue.js';
import type { Actor } from '../kernel/command.js';
import { Refusal, rule } from '../kernel/rules.js';
import { Tombstone } from '../kernel/sealed.js';
import { InvalidInput } from '../kernel/validation.js';
import { isUuid } from '../kernel/values.js';
import type { Clock } from '../platform/clock.js';
import type { Codec } from '../privacy/codec.js';
import type { Authority } from './authority.js';
import type { AcceptInvitationBody } from './bodies.js';
import type { Credentials } from './credentials.js';
import type { PasswordProof } from './password-proof.js';
import type { MembershipState, UserState } from './states.js';
import type { SystemCommands } from './system-commands.js';

/** A command that is ready to be sent: who sends it, and what it says. */
export interface ReadyCommand {
  readonly name: string;
  readonly actor: Actor;
  readonly body: object;
}

/** An invitation that somebody has a token for. */
export interface Invitation {
  readonly membership: MembershipState;
  readonly ready: ReadyCommand;
}

/** Lets who was invited in: with the token, and a password that makes a new user or proves an existing one. */
export class Invitations {
  constructor(
    private readonly parts: {
      readonly catalogue: Catalogue;
      readonly store: EventStore;
      readonly codec: Codec;
      readonly clock: Clock;
      readonly authority: Authority;
      readonly credentials: Credentials;
      readonly proof: PasswordProof;
      readonly system: SystemCommands;
    },
  ) {}

  /** The invitation, and the command that accepts it with this token, right or wrong. @throws Refusal 404 */
  async find(membershipId: string, token: string): Promise<Invitation> {
    const membership = await this.membership(membershipId);
    const tokenHash = createHash('sha256').update(token).digest('hex');
    const actor = { id: membership.userId, role: membership.role, organizationId: membership.organizationId, permissions: new Set<string>() };
    return { membership, ready: { name: 'AcceptInvitation', actor, body: { tokenHash } } };
  }

  /**
   * Makes the user, where there is none yet; what is left is the command that makes the membership active.
   * @param repeatable the request carries an idempotency key: what was accepted already may be answered again.
   * @throws Refusal: MEM-3, GEN-8; InvalidInput without names; SignInRefused where the password is not the user's.
   */
  async accept({ membership, ready }: Invitation, body: AcceptInvitationBody, correlationId: string, repeatable: boolean): Promise<ReadyCommand> {
    if (membership.status !== 'active' || !repeatable) await this.check(membership, ready);
    const user = (await this.parts.authority.user(membership.userId)) ?? (await this.register(membership, body, correlationId));
    // Also of who was registered just now: of two who accept at once, one's password is the user's.
    await this.prove(user, body.password);
    return ready;
  }

  private async membership(id: string): Promise<MembershipState> {
    for await (const first of this.parts.store.readStream(`membership-${id}`, { limit: 1 })) {
      const { organizationId } = metadataOf(first);
      const membership = isUuid(organizationId) ? await this.parts.authority.membership(id, organizationId) : undefined;
      if (membership) return membership;
    }
    throw new Refusal('NOT_FOUND', 'There is no such record.', { status: 404 });
  }

  /** Decides before anything is made: a wrong token makes no user. */
  private async check(membership: MembershipState, { name, actor, body }: ReadyCommand): Promise<void> {
    const declaration = this.parts.catalogue.command(name)!;
    const organization = await this.parts.authority.organization(membership.organizationId);
    rule('GEN-8', 'The organisation is paused: it can be read and exported, and not changed.', organization?.status === 'active', undefined, 409);
    await decide({
      declaration,
      command: Object.assign(new declaration.command(), body),
      state: membership,
      id: membership.id,
      commandId: randomUUID(),
      actor,
      now: await this.parts.clock.now(),
      outside: NOTHING_OUTSIDE,
    });
  }

  private async register(membership: MembershipState, body: AcceptInvitationBody, correlationId: string): Promise<UserState> {
    const { firstName, lastName, password } = body;
    if (!firstName || !lastName) throw missingNames(firstName, lastName);
    const { userId, organizationId } = membership;
    const credentialId = randomUUID();
    await this.parts.credentials.store(userId, credentialId, password);
    try {
      const user = { firstName, lastName, email: await this.emailOf(membership), credentialId };
      await this.parts.system.send({ name: 'RegisterUser', id: userId, body: user, organizationId, actorId: userId, correlationId });
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'DUPLICATE') throw error;
    }
    const registered = await this.parts.authority.user(userId);
    if (!registered) throw new Error(`User ${userId} was registered and is not there.`);
    return registered;
  }

  private async emailOf({ email }: MembershipState): Promise<string> {
    const [opened] = await this.parts.codec.unseal([{ email }], { classes: [2] });
    if (opened!.email instanceof Tombstone) throw new Refusal('ERASED', 'This invitation’s address was erased.', { status: 410 });
    return String(opened!.email);
  }

  private async prove(user: UserState, password: string): Promise<void> {
    const { id } = await this.parts.proof.prove(user.emailKey, password);
    if (id !== user.id) throw new Refusal('FORBIDDEN', 'This invitation is for somebody else.', { status: 403 });
  }
}

const NOTHING_OUTSIDE: Outside = {
  load: () => Promise.resolve(undefined),
  held: () => Promise.resolve([]),
  fact: () => Promise.resolve([]), open: (objects) => Promise.resolve(objects),
  secret: () => '',
  rivals: () => Promise.resolve([]),
  number: () => Promise.reject(new Error('What is decided here has no numbers.')),
};

function missingNames(firstName: string | undefined, lastName: string | undefined): InvalidInput {
  const missing = [...(firstName ? [] : ['firstName']), ...(lastName ? [] : ['lastName'])];
  return new InvalidInput(missing.map((name) => ({ pointer: `/${name}`, code: 'REQUIRED', message: 'Who is no user yet gives both names.' })));
}
