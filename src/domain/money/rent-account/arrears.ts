import { daysBetween, earlier, plusDays } from '../../../kernel/values.js';
import { plusMonths } from '../../../kernel/days.js';
import type { WeeklyCharges } from '../../weekly-charges.js';
import { weeklyTotal } from '../../weekly-charges.js';
import type { ChargedPeriod } from '../charging.js';
import { ELIGIBLE, NOTHING } from '../components.js';
import { coverOn, type HbCover } from './housing-benefit.js';
import { missingBeforeAction } from './pre-action.js';
import type { StandingColumns } from './standing-columns.js';

/** What the stages are reached by is known by this name in every event that says that one was. */
export const RULE_VERSION = 'led-5.3';
/** London time at which arrears are looked at. */
export const ARREARS_HOUR = '07:00';

/** The figures of the stages, as an organisation has them. */
export interface ArrearsPolicy {
  /** Weeks of the resident's own share that nobody is asked for. */
  readonly graceWeeks: number;
  /** From how much beyond that on. */
  readonly minimumPence: number;
  /** Days between two contacts. */
  readonly contactDays: number;
  readonly s2Days: number;
  readonly s3Days: number;
  readonly restartMonths: number;
  /** Weeks of the whole charge from which on a notice is considered. */
  readonly s4Weeks: number;
  readonly s4Days: number;
  readonly s6Days: number;
  /** For how many months after its last day a notice is live. */
  readonly noticeMonths: number;
  /** How often a resident in arrears is sent a statement; 0 where the protocol of social landlords is not followed. */
  readonly statementWeeks: number;
}

/** An account, as far as its arrears go. */
export interface Arrears extends StandingColumns {
  readonly status: string;
  readonly balancePence: number;
  readonly collectablePence: number;
  periods(): readonly ChargedPeriod[];
  hbCover(): HbCover;
}

/** The price of a night, or of the night nearest to it that has one. */
function nightOf(periods: readonly ChargedPeriod[], day: string): { night: string; charges: WeeklyCharges } | undefined {
  const period = periods.findLast(({ from }) => from <= day) ?? periods[0];
  if (!period) return undefined;
  const last = period.to === undefined ? day : plusDays(period.to, -1);
  return { night: day < period.from ? period.from : earlier(day, last), charges: period.charges };
}
export const priceOn = (account: Pick<Arrears, 'periods'>, day: string): WeeklyCharges => nightOf(account.periods(), day)?.charges ?? NOTHING;

/** What a week costs, and what of it is the resident's own to pay, on a day. */
export function weekOn(account: Pick<Arrears, 'periods' | 'hbCover'>, day: string): { grossPence: number; sharePence: number } {
  const at = nightOf(account.periods(), day);
  if (!at) return { grossPence: 0, sharePence: 0 };
  const grossPence = weeklyTotal(at.charges);
  const cover = coverOn(account.hbCover(), at.night);
  const eligible = ELIGIBLE.reduce((sum, one) => sum + at.charges[one], 0);
  return { grossPence, sharePence: grossPence - (cover ? Math.max(0, eligible - cover.shortfallPence) : 0) };
}

/** What holds every stage up. */
export const ArrearsBlock = {
  payment_plan: 'payment_plan', pause: 'pause', breathing_space: 'breathing_space', dispute: 'dispute', pending_claim: 'pending_claim',
  universal_credit_gap: 'universal_credit_gap',
} as const;
export type Block = keyof typeof ArrearsBlock;

export const inBreathingSpace = ({ breathingSpaceFrom, breathingSpaceUntil }: Partial<StandingColumns>, day: string): boolean =>
  breathingSpaceFrom !== undefined && breathingSpaceFrom <= day && (breathingSpaceUntil === undefined || day <= breathingSpaceUntil);

/** Whether a benefit was claimed and is not decided, and has the evidence that it needs: nobody is asked for what it may pay. */
const isClaimPending = ({ hbStatus, hbEvidenceSupplied, ucClaimedOn, ucEvidenceSupplied }: Partial<StandingColumns>): boolean =>
  (hbStatus === 'pending' && hbEvidenceSupplied === true) || (ucClaimedOn !== undefined && ucEvidenceSupplied === true);

/** What holds the stages of an account up on a day (LED-5). */
export function blocksOn(account: Arrears, day: string): Block[] {
  const pending = isClaimPending(account);
  return [
    ...(account.paymentPlanId ? (['payment_plan'] as const) : []),
    ...(account.pausedUntil && day <= account.pausedUntil ? (['pause'] as const) : []),
    ...(inBreathingSpace(account, day) ? (['breathing_space'] as const) : []),
    ...(account.disputedOn ? (['dispute'] as const) : []),
    ...(pending ? (['pending_claim'] as const) : []),
    ...(account.ucGapFrom && account.ucGapUntil && account.ucGapFrom <= day && day <= account.ucGapUntil ? (['universal_credit_gap'] as const) : []),
  ];
}

type Stage = NonNullable<StandingColumns['arrearsStage']>;

/** Whether a debt is so large that somebody is asked for it, and whether it is so large that a notice is considered. */
export function sizeOf(account: Arrears, day: string, { graceWeeks, minimumPence, s4Weeks }: ArrearsPolicy) {
  const { grossPence, sharePence } = weekOn(account, day);
  const gracePence = graceWeeks * sharePence;
  const { collectablePence } = account;
  return {
    grossPence,
    gracePence,
    isDebt: collectablePence > 0 && collectablePence - gracePence >= minimumPence,
    // Nobody is given notice who has left.
    isGrave: account.status === 'active' && grossPence > 0 && collectablePence >= s4Weeks * grossPence,
  };
}

/**
 * The stage that an account reaches on a day, if any (LED-5): one after the other, each some days after the one before it,
 * and none while something holds them up. More debt never means an earlier stage.
 */
export function stageOn(account: Arrears, day: string, policy: ArrearsPolicy): Stage | undefined {
  if (account.status === 'closed' || blocksOn(account, day).length > 0) return undefined;
  const { isDebt, isGrave } = sizeOf(account, day, policy);
  const { arrearsStage: stage, arrearsStageOn = day, lastContactOn } = account;
  const waited = daysBetween(arrearsStageOn, day);
  const mayContact = lastContactOn === undefined || daysBetween(lastContactOn, day) >= policy.contactDays;
  const isOld = day > plusMonths(arrearsStageOn, policy.restartMonths);
  const begun = isDebt && mayContact;
  switch (stage) {
    case undefined:
      return begun ? 's1' : undefined;
    case 's1':
      return begun && waited >= policy.s2Days ? 's2' : undefined;
    case 's2':
      if (isOld) return begun ? 's1' : undefined;
      return begun && waited >= policy.s3Days ? 's3' : undefined;
    case 's3':
      if (isGrave && waited >= policy.s4Days && isChecked(account)) return 's4';
      return isOld && begun ? 's1' : undefined;
    case 's4':
      return isGrave && mayContact && hasExpiredNotice(account, day, policy) && missingBeforeAction(account, day, policy.statementWeeks).length === 0 ? 's5' : undefined;
    default:
      return undefined;
  }
}

export const isChecked = ({ welfareCheckOn, benefitCheckOn }: Partial<StandingColumns>): boolean =>
  welfareCheckOn !== undefined && benefitCheckOn !== undefined;

/** Whether the last day of the notice is past, and it can still be relied on. */
const hasExpiredNotice = ({ noticeExpiresOn }: Partial<StandingColumns>, day: string, { noticeMonths }: ArrearsPolicy): boolean =>
  noticeExpiresOn !== undefined && day > noticeExpiresOn && day <= plusMonths(noticeExpiresOn, noticeMonths);

/** How far ahead it is worth looking: past every wait of the stages. */
const DAYS_AHEAD = 400;

/** The first day from one on, on which an account reaches a stage if nothing happens meanwhile, and which one it is. */
export function nextStage(account: Arrears, from: string, policy: ArrearsPolicy): { readonly day: string; readonly stage: Stage } | undefined {
  const { collectablePence, paymentPlanId, disputedOn } = account;
  if (collectablePence === 0 || paymentPlanId || disputedOn || isClaimPending(account)) return undefined;
  // Prices and awards are worked out once, and not for each of the days.
  const [periods, cover] = [account.periods(), account.hbCover()];
  const known: Arrears = { ...account, periods: () => periods, hbCover: () => cover };
  for (let ahead = 0, day = firstFree(account, from); ahead < DAYS_AHEAD; ahead++, day = plusDays(day, 1)) {
    const stage = stageOn(known, day, policy);
    if (stage) return { day, stage };
  }
  return undefined;
}

/** The first day from one on that is past a pause and a breathing space whose ends are known. */
function firstFree({ pausedUntil, breathingSpaceUntil }: Arrears, from: string): string {
  const ends = [pausedUntil, breathingSpaceUntil].filter((end) => end !== undefined && end >= from) as string[];
  return ends.length === 0 ? from : plusDays(ends.sort().at(-1)!, 1);
}
