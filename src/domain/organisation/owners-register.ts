import { rule } from '../../kernel/rules.js';
import type { RegisterEntry } from '../../kernel/entity.js';

/** An organisation that had an owner keeps one (MEM-4, USR-3). @throws Refusal */
export function checkOwners(entries: readonly RegisterEntry[], before: readonly RegisterEntry[]): void {
  const owners = (list: readonly RegisterEntry[]): number => list.filter(({ kind }) => kind === 'owner').length;
  rule('MEM-4', 'The last owner cannot be removed, suspended or demoted: make somebody else an owner first.', owners(before) === 0 || owners(entries) > 0);
}
