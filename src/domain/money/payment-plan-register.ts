import type { RegisterEntry } from '../../kernel/entity.js';
import { rule } from '../../kernel/rules.js';

/** The register of each rent account (owner = its id): the payment plan that is live, by the plan's id. */
export const PLAN_REGISTER = 'payment-plans';

/** Decides PLN-1. @param possible what may be in force, what is asked for included. @throws Refusal */
export function checkPlans(possible: readonly RegisterEntry[]): void {
  const plans = new Set(possible.map(({ key }) => key));
  rule('PLN-1', 'This account has a live payment plan already: cancel that first.', plans.size <= 1, 'rentAccountId', 409);
}
