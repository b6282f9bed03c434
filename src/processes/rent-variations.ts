import { idIn } from '../kernel/entity.js';
import { rentAccountOf, type RentAccount } from '../domain/money/rent-account/rent-account.js';
import type { Resident } from '../domain/people/resident/resident.js';
import type { Agreement } from '../domain/tenancy/agreement/agreement.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { Process, ProcessContext } from './engine/process.js';


/** Sets on the account what the agreement was changed to, from days on which the account charges by it and does not know it yet. */
async function follow(accountId: string, agreementId: string, context: ProcessContext): Promise<void> {
  const [account, agreement] = [await context.find<RentAccount>('rent_accounts', accountId), await context.find<Agreement>('tenancy_agreements', agreementId)];
  const stretch = account?.stretches.at(-1);
  if (!account || !agreement || stretch?.agreementId !== agreementId) return;
  for (const { effectiveFrom: from } of agreement.variations) {
    const over = account.chargesEndOn !== undefined && from >= account.chargesEndOn;
    if (from <= stretch.from || over) continue;
    const weeklyCharges = agreement.weeklyCharges(from);
    await context.send({ step: `vary|${from}`, command: 'SetRentSchedule', id: accountId, body: { from, weeklyCharges } });
  }
}

/** The account of the stay that somebody has under an agreement; undefined where there is none yet. */
async function accountOf(agreementId: string, context: ProcessContext): Promise<string | undefined> {
  const agreement = await context.find<Agreement>('tenancy_agreements', agreementId);
  const resident = agreement && (await context.find<Resident>('residents', agreement.residentId));
  return resident?.placementId ? rentAccountOf(resident.placementId) : undefined;
}

/** Lets the rent account of a stay follow its agreement, whichever of the two is recorded first. */
export const rentVariations: Process = {
  name: 'rent-variations',
  doc: 'Charges what an agreement was changed to, from the day on which that takes effect.',
  on: ['RentVaried', 'RentScheduleSet', 'ResidentMovedIn'],
  async react({ stored, declaration, event }: DecodedEvent, context) {
    const id = idIn(stored.stream);
    if (declaration.type === 'RentVaried') {
      const account = await accountOf(id, context);
      if (account) await follow(account, id, context);
      return;
    }
    const { origin, agreementId, placementId } = event as { origin?: string; agreementId?: string; placementId?: string };
    // A change that was recorded before the resident was known to live here found no stay to follow.
    if (placementId && agreementId) await follow(rentAccountOf(placementId), agreementId, context);
    else if (origin === 'placement' && agreementId) await follow(id, agreementId, context);
  },
};
