import { plusDays } from '../../../kernel/values.js';
import type { StandingColumns } from './standing-columns.js';

/** How a rent statement reached the resident. */
export const StatementMethod = { letter: 'letter', email: 'email', by_hand: 'by_hand', online: 'online' } as const;
/** How often somebody pays what is left of a debt. */
export const OfferedFrequency = { weekly: 'weekly', fortnightly: 'fortnightly', four_weekly: 'four_weekly', monthly: 'monthly' } as const;

/** Weeks that a rent statement shows. */
const STATED_WEEKS = 13;
/** Which of the two statements that are owed to a resident. */
export const QUARTERLY = 'UK-T8';
export const FOR_HEARING = 'UK-T8.hearing';

/** The first day of a statement up to a day. @param weeks how often one is sent; 13 where nobody says, or the landlord is no social one. */
export const statedFrom = (to: string, weeks = STATED_WEEKS): string => plusDays(to, 1 - 7 * (weeks || STATED_WEEKS));

/** Whether a resident is sent rent statements: while their arrears have reached a stage and they live here. */
export const isOwedStatements = ({ status, arrearsStage }: { readonly status: string } & Partial<StandingColumns>, weeks: number): boolean =>
  weeks > 0 && status === 'active' && arrearsStage !== undefined;

/**
 * What the protocol of social landlords asks for before a notice is served, and is not done (UK-T8): a rent statement within the
 * last quarter, and an affordable plan that was offered. Messages, the checks of welfare and benefits, and that no claim is
 * pending are what the stages themselves ask for.
 */
export function missingBeforeAction({ statementSentOn, planOfferedOn }: Partial<StandingColumns>, day: string, weeks: number): ('rent_statement' | 'plan_offer')[] {
  if (weeks === 0) return [];
  const isStated = statementSentOn !== undefined && day <= plusDays(statementSentOn, 7 * weeks);
  return [...(isStated ? [] : (['rent_statement'] as const)), ...(planOfferedOn ? [] : (['plan_offer'] as const))];
}
