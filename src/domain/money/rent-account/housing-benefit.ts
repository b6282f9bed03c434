import { daysBetween, earlier, later, roundHalfUp } from '../../../kernel/values.js';
import type { ChargedPeriod } from '../charging.js';
import { ELIGIBLE } from '../components.js';
import type { LedgerLine, RentAllocation, RentPayment, RentReceipt } from './rent-account-children.js';

/** To whom Housing Benefit is paid: what goes to the resident, the landlord does not wait for. */
export const HbPayee = { landlord: 'landlord', resident: 'resident' } as const;

/** Nights `[from, to)` that a decision (or a pending claim) about Housing Benefit covers; open while `to` is absent. */
export interface HbPeriod {
  readonly from: string;
  readonly to?: string;
  readonly weeklyPence: number;
  /** What a week of the eligible charges comes to beyond the weekly amount: a known under-award. */
  readonly shortfallPence: number;
  readonly payee: keyof typeof HbPayee;
}

/** What is known of an account's Housing Benefit. */
export interface HbCover {
  readonly awards: readonly HbPeriod[];
  /** Claimed and not decided: it stands in for an award from its first night on (LED-4). */
  readonly claim?: HbPeriod;
  /** The first night without, whatever was awarded. */
  readonly endsOn?: string;
}
/** Demand, as far as its Housing Benefit goes. */
type Demand = Pick<RentPayment, 'periodFrom' | 'periodTo' | 'components'>;

/** The awards with a later decision: from its first night on it is the one that counts. */
export const decidedFrom = (awards: readonly HbPeriod[], decision: HbPeriod): HbPeriod[] => [...cutAt(awards, decision.from), decision];

/** The awards up to a night: nothing is left of them from then on. */
export const cutAt = (awards: readonly HbPeriod[], night: string): HbPeriod[] =>
  awards.flatMap((one) => (one.from >= night ? [] : [{ ...one, to: one.to === undefined ? night : earlier(one.to, night) }]));

/** The nights that the landlord is paid Housing Benefit for, in order. */
function paidNights({ awards, claim, endsOn }: HbCover): HbPeriod[] {
  const ended = endsOn === undefined ? awards : cutAt(awards, endsOn);
  return (claim ? decidedFrom(ended, claim) : ended).filter(({ payee }) => payee === 'landlord');
}

/** The decision, or pending claim, that covers a night. */
export const coverOn = (cover: HbCover, night: string): HbPeriod | undefined =>
  paidNights(cover).findLast(({ from, to }) => from <= night && (to === undefined || night < to));

/** What of some eligible amounts a week comes to beyond what is awarded. */
export const shortfallOf = (eligibleWeeklyPence: number, weeklyPence: number): number => Math.max(0, eligibleWeeklyPence - weeklyPence);

/** What the eligible part of a week costs by the schedule, on a day or on the nearest to it. */
export function eligibleWeekly(periods: readonly ChargedPeriod[], day: string): number {
  const price = periods.findLast(({ from }) => from <= day) ?? periods[0];
  return price ? ELIGIBLE.reduce((sum, one) => sum + price.charges[one], 0) : 0;
}

/**
 * What Housing Benefit is expected to pay of a demand (LED-3): the eligible parts of the covered nights, less the known
 * under-award of them. Part of a week is by its nights, half up per component.
 */
export function expectedHb(cover: HbCover, { periodFrom, periodTo, components }: Demand): number {
  if (cover.awards.length === 0 && !cover.claim) return 0;
  const all = daysBetween(periodFrom, periodTo);
  let covered = 0;
  let shortfall = 0;
  for (const { from, to, shortfallPence } of paidNights(cover)) {
    const nights = daysBetween(later(from, periodFrom), to === undefined ? periodTo : earlier(to, periodTo));
    if (nights <= 0) continue;
    covered += nights;
    shortfall += roundHalfUp(shortfallPence, nights, 7);
  }
  if (covered <= 0) return 0;
  const eligible = ELIGIBLE.reduce((sum, one) => sum + roundHalfUp(components[one], Math.min(covered, all), all), 0);
  return Math.max(0, eligible - shortfall);
}

/** The rows of an account that its Housing Benefit is reckoned from. */
interface Rows {
  readonly payments: readonly Pick<RentPayment, 'id' | 'hbExpectedPence'>[];
  readonly receipts: readonly RentReceipt[];
  readonly allocations: readonly RentAllocation[];
  /** What Housing Benefit has taken back so far. */
  readonly clawedBackPence: number;
}

/**
 * What Housing Benefit is still to pay: what is expected of it, less what it paid for that. What it paid of demands that no
 * award covers is not taken from the others.
 */
export function anticipatedHb({ payments, receipts, allocations, clawedBackPence }: Rows): number {
  const expected = payments.reduce((sum, one) => sum + one.hbExpectedPence, 0);
  if (expected === 0) return 0;
  const covered = new Set(payments.filter(({ hbExpectedPence }) => hbExpectedPence > 0).map(({ id }) => id));
  const received = receipts.reduce((sum, one) => sum + (one.payer === 'hb' && !one.reversedOn ? one.amountPence : 0), 0);
  const elsewhere = allocations.reduce((sum, one) => sum + (one.payer === 'hb' && !covered.has(one.chargeId) ? one.amountPence : 0), 0);
  return Math.max(0, expected - Math.max(0, received - clawedBackPence - elsewhere));
}

/** What an account comes to on a day. */
export interface Standing {
  /** Charges less payments; a credit is negative. */
  readonly balancePence: number;
  readonly anticipatedHbPence: number;
  /** What is left for the resident to pay. */
  readonly collectablePence: number;
}
export const standing = (balancePence: number, anticipatedHbPence: number): Standing =>
  ({ balancePence, anticipatedHbPence, collectablePence: Math.max(0, balancePence - anticipatedHbPence) });

/** An account, as far as its standing on a day goes. */
export interface StandingAccount extends Omit<Rows, 'payments' | 'clawedBackPence'> {
  readonly payments: readonly RentPayment[];
  readonly ledger: readonly LedgerLine[];
  hbCover(): HbCover;
}

/**
 * What an account came to at the end of a day, by the lines dated up to then and by what is known now of its Housing
 * Benefit: an award that was decided later counts for the days before it too.
 */
export function standingOn(account: StandingAccount, day: string): Standing {
  const lines = account.ledger.filter(({ entryDate }) => entryDate <= day);
  const balancePence = lines.reduce((sum, { amountPence }) => sum + amountPence, 0);
  const cover = account.hbCover();
  const payments = account.payments.map(({ id, periodFrom, periodTo }) => {
    const own = lines.filter((line) => line.chargeId === id);
    const sum = (of: 'corePence' | 'eligibleServicePence'): number => own.reduce((total, line) => total + (line[of] ?? 0), 0);
    const components = { corePence: sum('corePence'), eligibleServicePence: sum('eligibleServicePence'), ineligibleServicePence: 0, supportPence: 0 };
    // A charge that was cut short is for the nights that it had before that day.
    const charged = own.find(({ lineType }) => lineType === 'charge');
    const cut = own.some(({ lineType }) => lineType === 'adjustment');
    const period = charged && !cut ? { periodFrom: charged.periodFrom ?? periodFrom, periodTo: charged.periodTo ?? periodTo } : { periodFrom, periodTo };
    return { id, hbExpectedPence: own.length === 0 ? 0 : expectedHb(cover, { ...period, components }) };
  });
  const clawedBackPence = lines.reduce((sum, { lineType, amountPence }) => sum + (lineType === 'clawback' ? amountPence : 0), 0);
  const receipts = account.receipts
    .filter(({ receivedOn }) => receivedOn <= day)
    .map((one) => (one.reversedOn && one.reversedOn > day ? { ...one, reversedOn: undefined } : one)) as RentReceipt[];
  // What met a later charge was credit on that day.
  const charged = new Set(lines.flatMap(({ chargeId }) => chargeId ?? []));
  const allocations = account.allocations.filter(({ receivedOn, chargeId }) => receivedOn <= day && charged.has(chargeId));
  return standing(balancePence, anticipatedHb({ payments, receipts, allocations, clawedBackPence }));
}

