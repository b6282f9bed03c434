import { describe, expect, it } from '@jest/globals';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext, ProcessTimer } from './engine/process.js';
import { invitationExpiry } from './invitation-expiry.js';
import { membershipConsequences } from './membership-consequences.js';

const event = (stream: string, facts: object = {}): DecodedEvent => ({ stored: { stream }, event: facts }) as unknown as DecodedEvent;

/** Notes what a process does; `states` are what it finds. */
function noting(states: Readonly<Record<string, object>> = {}) {
  const timers = new Map<string, ProcessTimer>();
  const sent: ProcessCommand[] = [];
  const context = {
    find: (table: string, id: string) => Promise.resolve(states[`${table}/${id}`]),
    send: (command: ProcessCommand) => Promise.resolve(void sent.push(command)),
    schedule: (timer: ProcessTimer) => void timers.set(timer.key, timer),
    cancel: (key: string) => void timers.delete(key),
  } as unknown as ProcessContext;
  return { timers, sent, context };
}

describe('the expiry of invitations', () => {
  it('comes when the week is over, counted anew when it is sent again', async () => {
    const { timers, sent, context } = noting();
    await invitationExpiry.react(event('membership-m1', { expiresAt: '2026-09-09T08:00:00.000Z' }), context);
    await invitationExpiry.react(event('membership-m1', { expiresAt: '2026-09-12T08:00:00.000Z' }), context);
    expect([...timers.values()].map(({ dueAt }) => dueAt)).toEqual(['2026-09-12T08:00:00.000Z']);
    await invitationExpiry.fire!(timers.get('m1')!, context);
    expect(sent).toEqual([{ step: 'expire', command: 'ExpireInvitation', id: 'm1', body: {} }]);
  });

  it('does not come for what was accepted or taken back', async () => {
    const { timers, context } = noting();
    await invitationExpiry.react(event('membership-m1', { expiresAt: '2026-09-09T08:00:00.000Z' }), context);
    await invitationExpiry.react(event('membership-m1'), context);
    expect(timers.size).toBe(0);
  });
});

describe('what follows when somebody is shut out', () => {
  it('clears away what the log has ended, and nothing else', async () => {
    const done: unknown[] = [];
    const stored = {
      forget: (...what: unknown[]) => Promise.resolve(void done.push(what)),
      forgetMembership: (...what: unknown[]) => Promise.resolve(void done.push(what)),
    };
    const process = membershipConsequences(stored);
    const { context } = noting({ 'users/u1': { sessionEpoch: 2, tokens: [{ tokenId: 't1' }] }, 'user_organizations/m1': { accessEpoch: 1 } });
    await process.react(event('user-u1'), context);
    await process.react(event('membership-m1'), context);
    await process.react(event('user-unknown'), context);
    expect(done).toEqual([['u1', 2, ['t1']], ['m1', 1]]);
  });
});
