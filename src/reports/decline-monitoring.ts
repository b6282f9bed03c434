import { ERASED_TEXT } from '../kernel/privacy.js';
import { ageOn, isCivilDate } from '../kernel/values.js';

/** A row as it was read, with its special values opened. */
type Row = Readonly<Record<string, unknown>>;

/** What became of the referrals of people who have something in common. */
export interface DeclineFigures {
  /** What they have in common; `small_groups` stands for all that are too few to be told. */
  readonly value: string;
  /** Referrals that were answered; null where they are too few to be told. */
  readonly answered: number | null;
  readonly declined: number | null;
  /** Declined of those answered, in percent with two decimals. */
  readonly declinedPct: number | null;
}
/** Who is declined, and why (REF-4). */
export interface DeclineMonitoring {
  readonly answered: number;
  readonly declined: number;
  readonly reasons: readonly { readonly reasonCode: string; readonly declined: number }[];
  readonly characteristics: Readonly<Record<string, readonly DeclineFigures[]>>;
}

/** Groups of fewer people are told together: a single one could be known again. */
const FEWEST = 5;
const NOT_KNOWN = 'not_known';
const BANDS: readonly [string, number][] = [['under_16', 15], ['16_17', 17], ['18_20', 20], ['21_25', 25], ['over_25', Infinity]];

const said = (row: Row | undefined, name: string): string => {
  const value = row?.[name];
  return typeof value === 'string' && value.trim() !== '' && value !== ERASED_TEXT ? value.trim().toLowerCase() : NOT_KNOWN;
};
function ageBand(resident: Row | undefined, on: string): string {
  const born = resident?.['dateOfBirth'];
  if (!isCivilDate(born)) return NOT_KNOWN;
  return BANDS.find(([, oldest]) => ageOn(born, on) <= oldest)![0];
}
/** What somebody wrote of a disability is theirs: it is counted that there is one. */
function disabled(resident: Row | undefined): string {
  const value = said(resident, 'disability');
  if (value === NOT_KNOWN) return value;
  return /^(no|none)$/.test(value) ? 'no' : 'yes';
}

/** What is looked at of everybody, by its name. */
const characteristics: Readonly<Record<string, (resident: Row | undefined, referredOn: string) => string>> = {
  ageBand,
  sex: (resident) => said(resident, 'sexAtBirth'),
  genderIdentity: (resident) => said(resident, 'genderIdentity'),
  ethnicity: (resident) => said(resident, 'ethnicity'),
  religion: (resident) => said(resident, 'religion'),
  sexualOrientation: (resident) => said(resident, 'sexualOrientation'),
  disability: disabled,
  everLookedAfter: (resident) => (resident === undefined ? NOT_KNOWN : resident['everLookedAfter'] === true ? 'yes' : 'no'),
};

/** Referrals of people who have something in common. */
type Group = readonly Row[];
const declinedOf = (group: Group): Group => group.filter(({ status }) => status === 'declined');
/** By people, not by referrals: somebody may have been referred again and again. */
const sizeOf = (group: Group): number => new Set(group.map(({ residentId }) => String(residentId))).size;
const rounded = (part: number, whole: number): number => Math.round((part * 10_000) / whole) / 100;
function figures(value: string, group: Group): DeclineFigures {
  if (sizeOf(group) < FEWEST) return { value, answered: null, declined: null, declinedPct: null };
  const [answered, declined] = [group.length, declinedOf(group).length];
  return { value, answered, declined, declinedPct: rounded(declined, answered) };
}

/**
 * Figures of each group that is large enough, most declined first; of the others together. Where these are too few even so,
 * the smallest of the large ones goes with them: else they were what is missing from the whole.
 */
function told(groups: ReadonlyMap<string, Group>): DeclineFigures[] {
  const bySize = [...groups].map(([value, group]) => ({ value, group, size: sizeOf(group) })).sort((a, b) => a.size - b.size || (a.value < b.value ? -1 : 1));
  let together: Group = [];
  while (bySize.length > 0 && (bySize[0]!.size < FEWEST || (together.length > 0 && sizeOf(together) < FEWEST))) together = [...together, ...bySize.shift()!.group];
  const rows = bySize.map(({ value, group }) => figures(value, group)).sort((a, b) => b.declinedPct! - a.declinedPct! || (a.value < b.value ? -1 : 1));
  return together.length === 0 ? rows : [...rows, figures('small_groups', together)];
}

/**
 * Whom declining referrals to us meets: of all that were answered how many were declined and why, and the same for each
 * characteristic of the people.
 * @param answered referrals that were accepted or declined. @param residents whom they are about, by id.
 */
export function declineMonitoring(answered: readonly Row[], residents: ReadonlyMap<string, Row>): DeclineMonitoring {
  const declined = declinedOf(answered);
  const groupedBy = (of: (resident: Row | undefined, referredOn: string) => string): DeclineFigures[] =>
    told(Map.groupBy(answered, ({ residentId, referralDate }) => of(residents.get(String(residentId)), String(referralDate))));
  const reasons = Map.groupBy(declined, ({ declineReason }) => String(declineReason));
  return {
    answered: answered.length,
    declined: declined.length,
    reasons: [...reasons].map(([reasonCode, some]) => ({ reasonCode, declined: some.length })).sort((a, b) => b.declined - a.declined || (a.reasonCode < b.reasonCode ? -1 : 1)),
    characteristics: Object.fromEntries(Object.entries(characteristics).map(([name, of]) => [name, groupedBy(of)])),
  };
}
