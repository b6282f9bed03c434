import { randomUUID } from 'node:crypto';
import type { Actor } from '../kernel/command.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { Authority } from './authority.js';
import type { ChangePasswordBody } from './bodies.js';
import type { Credentials } from './credentials.js';
import { type PasswordProof, SignInRefused } from './password-proof.js';
import { groundsOf, type Sessions } from './sessions.js';
import type { UserState } from './states.js';

/** Changing the own password. */
export class Passwords {
  constructor(
    private readonly parts: {
      readonly authority: Authority;
      readonly credentials: Credentials;
      readonly proof: PasswordProof;
      readonly sessions: Sessions;
    },
  ) {}

  /**
   * Proves the current password and stores the new one under an id that counts once the user's stream names it.
   * @returns the id. @throws Refusal PASSWORD 403; IDEMPOTENCY_KEY_REUSED; SignInRefused USR-2; TooManyWaiting.
   */
  async change(userId: string, { currentPassword, newPassword }: ChangePasswordBody, idempotencyKey?: string): Promise<string> {
    const user = await this.user(userId);
    const credentialId = idempotencyKey === undefined ? randomUUID() : uuidOf('credential', userId, idempotencyKey);
    if (await this.isRepeat(user, credentialId, newPassword)) return credentialId;
    await this.proveCurrent(user, currentPassword);
    await this.parts.credentials.store(userId, credentialId, newPassword);
    return credentialId;
  }

  /** After it is recorded: all sessions of before are over, but the one that asked. */
  async changed({ id, organizationId }: Actor, token: string): Promise<void> {
    const standing = await this.parts.authority.of(id, organizationId);
    if (standing) await this.parts.sessions.carryOn(token, groundsOf(standing));
  }

  /** The same key again: the current password is the new one by now, or is about to be. */
  private async isRepeat(user: UserState, credentialId: string, newPassword: string): Promise<boolean> {
    if (!(await this.parts.credentials.has(user.id, credentialId))) return false;
    if (await this.parts.credentials.proves(user.id, credentialId, newPassword)) return user.credentialId === credentialId;
    throw new Refusal('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request.', { status: 422 });
  }

  private async proveCurrent(user: UserState, password: string): Promise<void> {
    try {
      await this.parts.proof.prove(user.emailKey, password);
    } catch (error) {
      if (!(error instanceof SignInRefused) || error.status === 429) throw error;
      throw new Refusal('PASSWORD', 'This is not your current password.', { status: 403, field: 'currentPassword' });
    }
  }

  private async user(userId: string): Promise<UserState> {
    const user = await this.parts.authority.user(userId);
    if (!user) throw new Refusal('NOT_FOUND', 'There is no such record.', { status: 404 });
    return user;
  }
}
