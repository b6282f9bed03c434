import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { Refusal, rule } from '../../kernel/rules.js';

/**
 * The register `resident` of each resident (owner = their id): what one person can have only one of at a time.
 *
 * | kind | held by | key | nights |
 * |---|---|---|---|
 * | `placement` | placement | placement id | `[from, to)` |
 * | `agreement` | active agreement | agreement id | `[from, to)` |
 * | `erasure` | resident | resident id | from the day of the decision on |
 */
export const RESIDENT_REGISTER = 'resident';

type Entries = readonly RegisterEntry[];

const shareANight = (a: RegisterEntry, b: RegisterEntry): boolean =>
  (b.to === undefined || (a.from ?? '') < b.to) && (a.to === undefined || (b.from ?? '') < a.to);

/** Whether two of these, of different keys, have a night in common. */
const overlap = (entries: Entries): boolean =>
  entries.some((one, index) => entries.slice(index + 1).some((other) => other.key !== one.key && shareANight(one, other)));

/**
 * Decides RES-5 and AGR-2 for one resident, and that nobody moves in whose data is being erased.
 * @param possible what may be in force, what is asked for included. @throws Refusal
 */
export function checkResident(possible: Entries, _certain: Entries, { wanted }: RegisterQuestion): void {
  const of = (kind: string): Entries => possible.filter((entry) => entry.kind === kind);
  rule('RES-5', 'This resident is placed already on some of these nights.', !overlap(of('placement')), ['residentId', 'date']);
  rule('AGR-2', 'This resident has an active agreement already on some of these days: end it first.', !overlap(of('agreement')), ['residentId', 'on']);
  const stays = of('erasure').some((erasure) => of('placement').some((placement) => shareANight(erasure, placement)));
  if (!stays) return;
  if (wanted.some(({ kind }) => kind === 'erasure')) {
    throw new Refusal('RES-11', 'This resident is just being placed: what somebody who lives with you needs is not erased.');
  }
  throw new Refusal('ERASED', 'The personal data of this resident is being erased: nothing more can be recorded.', { status: 410 });
}

/** The rules of this context's registers, by name. */
export const peopleRegisters = { [RESIDENT_REGISTER]: checkResident };
