import { idIn, type State } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';

/** Where sessions and tokens are kept. */
export interface StoredAccess {
  /** Forgets a user's sessions of earlier epochs, and tokens that are named no more. */
  forget(userId: string, userEpoch: number, tokenIds: readonly string[]): Promise<void>;
  /** Forgets the sessions of a membership that began before an epoch of it. */
  forgetMembership(membershipId: string, membershipEpoch: number): Promise<void>;
}

type UserState = State & { readonly sessionEpoch: number; readonly tokens: readonly { readonly tokenId: string }[] };
type MembershipState = State & { readonly accessEpoch: number };

/**
 * Clears away sessions and tokens of people who were shut out. They are over before it runs, since each request asks the
 * log; this is so that nothing of them is left.
 */
export function membershipConsequences(stored: StoredAccess): Process {
  const ofUser = async (id: string, context: ProcessContext): Promise<void> => {
    const user = await context.find<UserState>('users', id);
    if (user) await stored.forget(id, user.sessionEpoch, user.tokens.map(({ tokenId }) => tokenId));
  };
  const ofMembership = async (id: string, context: ProcessContext): Promise<void> => {
    const membership = await context.find<MembershipState>('user_organizations', id);
    if (membership) await stored.forgetMembership(id, membership.accessEpoch);
  };
  return {
    name: 'membership-consequences',
    doc: 'Clears away the sessions and tokens of users and members who were shut out.',
    on: ['UserDeactivated', 'UserPasswordChanged', 'ApiTokenRevoked', 'MembershipSuspended', 'MembershipEnded'],
    react({ stored: { stream } }: DecodedEvent, context: ProcessContext): Promise<void> {
      const [category, id] = [stream.slice(0, stream.indexOf('-')), idIn(stream)];
      return category === 'user' ? ofUser(id, context) : ofMembership(id, context);
    },
  };
}
