import type { Context } from '../../../kernel/command.js';
import { rule } from '../../../kernel/rules.js';
import type { RentAccount } from '../../money/rent-account/rent-account.js';
import type { Resident } from '../../people/resident/resident.js';
import { rentAccountOf } from '../../rent-account-of.js';
import '../tenancy.rules.js';
import type { Agreement } from './agreement.js';

const GROUND_8 = '8';
const pounds = (pence: number): string => (pence / 100).toFixed(2);

/** The account of the stay under an agreement, if there is one. */
function accountOf({ id, residentId }: Agreement, context: Context): RentAccount | undefined {
  const placementId = context.find<Resident>('residents', residentId)?.placementId;
  const account = placementId ? context.find<RentAccount>('rent_accounts', rentAccountOf(placementId)) : undefined;
  return account?.agreementId === id ? account : undefined;
}

/** Whether the rent account shows the arrears of ground 8 on a day. @throws Refusal UK-T3 */
function checkArrears(agreement: Agreement, day: string, field: string, context: Context): void {
  const account = accountOf(agreement, context);
  rule('UK-T3', 'No rent account of a stay under this agreement shows the arrears that ground 8 asks for.', account !== undefined, field);
  if (!account) return;
  const { arrearsPence, thresholdPence, isMet } = account.ground8On(day, agreement.rentFrequency);
  const owed = `On ${day} the resident owes ${pounds(arrearsPence)}: ground 8 asks for ${pounds(thresholdPence)}`;
  rule('UK-T3', `${owed}, when the notice is served and at the hearing.`, isMet, field);
}

/** A notice that names ground 8 is served while so much is owed. @throws Refusal UK-T3 */
export function checkGround8AtNotice(agreement: Agreement, grounds: readonly string[] | undefined, servedOn: string, context: Context): void {
  if (grounds?.includes(GROUND_8)) checkArrears(agreement, servedOn, 'grounds', context);
}

/** No order follows from ground 8 alone where less was owed at the hearing. @throws Refusal UK-T3 */
export function checkGround8AtHearing(agreement: Agreement, grounds: readonly string[] | undefined, context: Context): void {
  const hearing = agreement.possessionSteps.findLast(({ step }) => step === 'hearing');
  const alone = grounds?.includes(GROUND_8) && grounds.every((ground) => ground === GROUND_8);
  if (hearing && alone) checkArrears(agreement, hearing.on, 'step', context);
}
