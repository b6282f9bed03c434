import { idIn } from '../kernel/entity.js';
import { londonDate, startOfLondonDay } from '../kernel/values.js';
import { rentAccountOf, type RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { Placement } from '../domain/tenancy/placement/placement.js';
import type { Process, ProcessContext } from './engine/process.js';

/** Commands in a row: one charges years of weeks. */
const MOST_ROUNDS = 100;
const keyOf = (accountId: string): string => `rent|${accountId}`;

/**
 * Opens the account of a placement and lets it follow: the account reads the placement and decides by itself, so it does
 * not matter which of its events comes first, or twice.
 */
async function follow(placementId: string, context: ProcessContext): Promise<void> {
  const id = rentAccountOf(placementId);
  if (!(await context.find<RentAccount>('rent_accounts', id))) {
    const placement = await context.find<Placement>('placements', placementId);
    const [first] = placement?.segments ?? [];
    if (!placement || !first) return;
    const { residentId } = placement;
    const { agreementId, propertyId, roomId } = first;
    await context.send({ step: 'open', command: 'OpenRentAccount', id, body: { residentId, placementId, agreementId, propertyId, roomId } });
  }
  await context.send({ step: 'follow', command: 'FollowPlacement', id, body: {} });
}

/** Charges the weeks that have begun, and wakes up at the next Monday on which there is something to charge. */
async function charge(accountId: string, context: ProcessContext): Promise<void> {
  const today = londonDate(context.now);
  const now = (): Promise<RentAccount | undefined> => context.find<RentAccount>('rent_accounts', accountId);
  let account = await now();
  for (let round = 0; account?.isBehind(today) && round < MOST_ROUNDS; round++) {
    await context.send({ step: `charge|${round}`, command: 'ChargeDueWeeks', id: accountId, body: {} });
    account = await now();
  }
  const monday = account?.nextChargeOn(today);
  if (!monday) return context.cancel(keyOf(accountId));
  context.schedule({ key: keyOf(accountId), dueAt: startOfLondonDay(monday), payload: { accountId } });
}

/**
 * Keeps rent accounts in step with placements, and charges each week at its Monday, 00:00 in London, once: the account
 * refuses a week that is charged, and late, back-dated or repeated work finds only what is still due.
 */
export const rentCharging: Process = {
  name: 'rent-charging',
  doc: 'Opens rent accounts for placements, charges every week from its Monday, and adjusts charges when a stay turns out to be another.',
  on: [
    'PlacementStarted',
    'PlacementTransferred',
    'PlacementEnded',
    'PlacementDateCorrected',
    'RentScheduleSet',
    'RentScheduleCorrected',
    'RentScheduleEnded',
  ],
  async react({ stored, declaration }, context) {
    const id = idIn(stored.stream);
    await (declaration.type.startsWith('Placement') ? follow(id, context) : charge(id, context));
  },
  async fire({ payload }, context) {
    await charge(String(payload['accountId']), context);
  },
};
