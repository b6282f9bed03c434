import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Flag } from '../../../kernel/fields.js';
import { pseudonymous } from '../../../kernel/privacy.js';
import { Refusal } from '../../../kernel/rules.js';
import { pastDay } from '../../past-day.js';
import { UniversalCreditClaimed, UniversalCreditDecided } from './benefit-events.js';
import { RentAccount } from './rent-account.js';

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-uc-claim',
  doc: 'Records that the resident has claimed Universal Credit: arrears go no further until it is decided, or pays for the first time.',
  from: ['active', 'former'],
  effective: 'on',
})
export class RecordUcClaim extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was claimed; today where it is left out' }) on?: string;
  @Flag(pseudonymous, { optional: true, doc: 'Whether the evidence that it needs is supplied; yes where it is left out' }) evidenceSupplied?: boolean;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    const evidenceSupplied = this.evidenceSupplied ?? true;
    if (account.ucClaimedOn === on && account.ucEvidenceSupplied === evidenceSupplied) return [];
    return UniversalCreditClaimed.of({ on, evidenceSupplied });
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:record-uc-decision',
  doc: 'Records that a claim for Universal Credit was decided, or withdrawn.',
  from: ['active', 'former'],
  effective: 'on',
})
export class RecordUcDecision extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When; today where it is left out' }) on?: string;
  @Flag(pseudonymous, { doc: 'Whether it pays for the rent' }) awarded!: boolean;
  decide(account: RentAccount, context: Context) {
    const on = pastDay(this.on, context.today);
    if (!account.ucClaimedOn) throw new Refusal('STATE', 'No claim for Universal Credit is waited for on this account.', { status: 409 });
    return UniversalCreditDecided.of({ on, awarded: this.awarded });
  }
}
