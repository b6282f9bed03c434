import { rule } from '../../kernel/rules.js';
import type { RegisterEntry } from '../../kernel/entity.js';

const doubled = (entries: readonly RegisterEntry[]): boolean => {
  const holders = new Map<string, string | undefined>();
  return entries.some(({ key, party }) => {
    if (holders.has(key) && (party === undefined || holders.get(key) !== party)) return true;
    holders.set(key, party);
    return false;
  });
};

/** One user has an e-mail address (USR-1). @throws Refusal */
export function checkEmails(entries: readonly RegisterEntry[]): void {
  rule('USR-1', 'Another user has this e-mail address.', !doubled(entries), 'email');
}

/** One live membership of a person in an organisation (MEM-1). @throws Refusal */
export function checkMembers(entries: readonly RegisterEntry[]): void {
  rule('MEM-1', 'This person is a member, or invited, already.', !doubled(entries), 'email');
}
