import { randomUUID } from 'node:crypto';
import { PLATFORM } from '../kernel/entity.js';
import { ruleAsked } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { Authority } from './authority.js';
import type { Credentials } from './credentials.js';
import { OneAtATime } from './one-at-a-time.js';
import { LOCK, type SignInAttempts } from './sign-in-attempts.js';
import type { UserState } from './states.js';
import type { SystemCommands } from './system-commands.js';

/** Signing in failed, or is not possible now. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  constructor(
    readonly status: 401 | 403 | 429,
    readonly code: 'SIGN_IN_FAILED' | 'NOT_A_MEMBER' | 'USR-2',
    message: string,
    /** Seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

const SIGN_IN = uuidOf('process', 'sign-in');

/** Proves by the password that somebody is the user of an e-mail address. */
export class PasswordProof {
  private readonly turns = new OneAtATime();

  constructor(
    private readonly parts: {
      readonly authority: Authority;
      readonly credentials: Credentials;
      readonly attempts: SignInAttempts;
      readonly system: SystemCommands;
    },
  ) {}

  /**
   * The user behind the address, whose lock is over where there was one. An unknown address is as much work as a wrong
   * password. @throws SignInRefused, TooManyWaiting
   */
  prove(emailKey: string, password: string): Promise<UserState> {
    return this.turns.under(emailKey, () => this.inTurn(emailKey, password));
  }

  private async inTurn(emailKey: string, password: string): Promise<UserState> {
    const { authority, attempts, credentials } = this.parts;
    const userId = (await authority.userIdOf(emailKey)) ?? uuidOf('user', emailKey);
    const user = await authority.user(userId);
    const epoch = user?.lockEpoch ?? 0;
    const locked = await attempts.lockedFor(emailKey, epoch);
    ruleAsked('USR-2', locked === 0);
    if (locked > 0) throw new SignInRefused(429, 'USR-2', `Too many failed sign-ins: try again in ${LOCK.forMinutes} minutes.`, Math.ceil(locked / 1000));
    const proven = await credentials.proves(userId, user?.credentialId ?? randomUUID(), password);
    if (!user || !proven || user.status === 'deactivated') {
      await this.failed(emailKey, epoch, user);
      throw new SignInRefused(401, 'SIGN_IN_FAILED', 'The e-mail address or the password is wrong.');
    }
    await attempts.forget(emailKey);
    await credentials.keepOnly(userId, user.credentialId);
    if (user.status === 'locked') await this.send('EndLock', userId, {});
    return user;
  }

  private async failed(emailKey: string, epoch: number, user: UserState | undefined): Promise<void> {
    const failures = await this.parts.attempts.failed(emailKey, epoch);
    if (failures >= LOCK.failures && user?.status === 'active') await this.send('LockUser', user.id, { attempts: failures });
  }

  private async send(name: string, id: string, body: object): Promise<void> {
    await this.parts.system.send({ name, id, body, organizationId: PLATFORM, actorId: SIGN_IN });
  }
}
