import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Items, Pence, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { londonDate, plusDays } from '../../../kernel/values.js';
import { deadlineMissed, inCalendarDays } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import '../tenancy.rules.js';
import { Agreement } from './agreement.js';
import { DepositDeduction, DepositScheme } from './agreement-children.js';
import { DepositProtected, DepositProtectionOverdue, DepositReturned, DepositReturnOverdue, DepositTaken, PrescribedInformationGiven } from './deposit.js';

/** Days after it was received by which a deposit is protected and the resident informed (Housing Act 2004 s.213). */
const PROTECTED_WITHIN = 30;
/** From this rent a year on, six weeks' rent may be taken (Tenant Fees Act 2019, schedule 1). */
const HIGH_RENT_PENCE = 5_000_000;
const protectedTypes: readonly string[] = ['assured_shorthold', 'assured_periodic'];
/** Social tenancies: the Tenant Fees Act does not cap their deposits. */
const uncapped: readonly string[] = ['secure', 'starter'];

/** @throws Refusal AGR-4 for more than five weeks' rent, six where the rent is high. */
export function checkCap(agreementType: string, weeklyPence: number, depositPence: number, field: string): void {
  const weeks = weeklyPence * 52 >= HIGH_RENT_PENCE ? 6 : 5;
  const most = weeks * weeklyPence;
  rule('AGR-4', `The deposit is more than ${weeks === 5 ? 'five' : 'six'} weeks' rent.`, uncapped.includes(agreementType) || depositPence <= most, field);
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:take-deposit',
  doc: 'Records that a deposit was received. That of an assured tenancy is in a scheme within 30 days, and the resident told of it.',
  from: ['pending', 'active'],
  effective: 'on',
})
export class TakeDeposit extends DomainCommand<Agreement> {
  @Pence(pseudonymous, { min: 1 }) amountPence!: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was received; today where it is left out' }) on?: string;
  decide(agreement: Agreement, context: Context) {
    const { amountPence } = this;
    const { agreementType, depositStatus } = agreement;
    const on = pastDay(this.on, context.today);
    if (depositStatus) throw new Refusal('STATE', 'A deposit was taken for this agreement already.', { status: 409 });
    checkCap(agreementType, agreement.weeklyTotalPence, amountPence, 'amountPence');
    const protectionRequired = protectedTypes.includes(agreementType);
    if (!protectionRequired) {
      const unprotectedBecause = uncapped.includes(agreementType) ? 'social_tenancy' : 'licence';
      return DepositTaken.of({ amountPence, on, protectionRequired, unprotectedBecause });
    }
    const within = (code: string) => inCalendarDays(context, code, on, PROTECTED_WITHIN);
    return DepositTaken.of({ amountPence, on, protectionRequired, protectBy: within('UK-T7'), informBy: within('UK-T7.information') });
  }
}

/** @throws Refusal STATE where no deposit is held. */
function checkHeld({ depositStatus, depositTakenOn }: Agreement, on: string): void {
  if (!depositStatus || depositStatus === 'returned') throw new Refusal('STATE', 'No deposit is held for this agreement.', { status: 409 });
  rule('AGR-4', `The deposit was received on ${depositTakenOn}: nothing is done with it before.`, on >= depositTakenOn!, 'on');
}

@CommandOf(Agreement, { permission: 'tenancy_agreements:protect-deposit', doc: 'Records in which scheme the deposit is.', effective: 'on' })
export class ProtectDeposit extends DomainCommand<Agreement> {
  @Choice(pseudonymous, 'DepositScheme', DepositScheme) scheme!: keyof typeof DepositScheme;
  @Text(pseudonymous, { max: 60 }) schemeReference!: string;
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  decide(agreement: Agreement, { today }: Context) {
    const { scheme, schemeReference } = this;
    const on = pastDay(this.on, today);
    checkHeld(agreement, on);
    if (agreement.depositProtectedOn) throw new Refusal('STATE', 'The deposit is in a scheme already.', { status: 409 });
    return DepositProtected.of({ scheme, schemeReference, on });
  }
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:give-prescribed-information',
  doc: 'Records that the resident was told what a tenant must know of the deposit.',
  effective: 'on',
})
export class GivePrescribedInformation extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  decide(agreement: Agreement, { today }: Context) {
    const on = pastDay(this.on, today);
    checkHeld(agreement, on);
    if (agreement.prescribedInformationOn) throw new Refusal('STATE', 'The resident was told already.', { status: 409 });
    return PrescribedInformationGiven.of({ on });
  }
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:return-deposit',
  doc: 'Pays a deposit back, less what is kept of it and why.',
  effective: 'on',
})
export class ReturnDeposit extends DomainCommand<Agreement> {
  @Pence(pseudonymous, { doc: 'What the resident gets back' }) amountPence!: number;
  @Items(personal('finance'), () => DepositDeduction, { optional: true }) deductions?: DepositDeduction[];
  @CivilDate(pseudonymous, { optional: true }) on?: string;
  decide(agreement: Agreement, { today }: Context) {
    const on = pastDay(this.on, today);
    checkHeld(agreement, on);
    const { amountPence } = this;
    const deductions = this.deductions ?? undefined;
    const kept = (deductions ?? []).reduce((sum, one) => sum + one.amountPence, 0);
    const all = amountPence + kept === agreement.depositTakenPence;
    rule('AGR-4', 'What is paid back and what is kept are not the deposit that was taken.', all, 'amountPence');
    return DepositReturned.of({ residentId: agreement.residentId, amountPence, deductions, on });
  }
}

@CommandOf(Agreement, { internal: true, doc: 'The days went by in which a deposit is protected and the resident told.' })
export class ReportDepositUnprotected extends deadlineMissed(Agreement) {
  decide({ depositStatus, depositProtectedOn, prescribedInformationOn, depositProtectBy, depositProtectionOverdue }: Agreement) {
    const [unprotected, uninformed] = [!depositProtectedOn, !prescribedInformationOn];
    if (depositProtectionOverdue || depositStatus === 'returned' || !depositProtectBy || !(unprotected || uninformed)) return [];
    return DepositProtectionOverdue.of({ dueOn: depositProtectBy, unprotected, uninformed });
  }
}

@CommandOf(Agreement, { internal: true, doc: 'The agreement has ended, and the time in which its deposit is settled is over.' })
export class ReportDepositReturnMissed extends deadlineMissed(Agreement) {
  decide({ residentId, status, depositStatus, depositReturnOverdue }: Agreement) {
    const held = depositStatus !== undefined && depositStatus !== 'returned';
    if (!held || status !== 'terminated' || depositReturnOverdue) return [];
    return DepositReturnOverdue.of({ residentId, dueOn: plusDays(londonDate(this.dueAt), -1) });
  }
}
