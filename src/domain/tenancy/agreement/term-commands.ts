import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { plusMonths } from '../../../kernel/days.js';
import { CivilDate, Group, Items, Ref } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { daysBetween, earlier, later, plusDays } from '../../../kernel/values.js';
import { deadlineMissed, onDay } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import { checkItems, ITEMISED, ServiceCharge, wronglyEligible } from '../../service-items.js';
import { sameCharges, WeeklyCharges } from '../../weekly-charges.js';
import type { Property } from '../../property/property/property.js';
import '../tenancy.rules.js';
import { Agreement, type AgreementActivated } from './agreement.js';
import { AgreementExpired, AgreementRenewalDue, AgreementRenewed, RentVaried } from './agreement-terms.js';

const REMINDERS = [90, 60, 30] as const;

/** The deadlines of an agreement that has an end; of the reminders, those whose day is not over. */
export function termOf(endDate: string | null | undefined, context: Context): Pick<AgreementActivated, 'term' | 'renewal90' | 'renewal60' | 'renewal30'> {
  if (!endDate) return {};
  // Told at the beginning of the day on which so many are left: the day before is the last one in time.
  const reminders = REMINDERS.flatMap((days) => {
    const by = plusDays(endDate, -days - 1);
    return by < context.today ? [] : [[`renewal${days}`, onDay(context, `AGR-renewal-${days}`, by)] as const];
  });
  return { term: onDay(context, 'AGR-term', plusDays(endDate, -1)), ...Object.fromEntries(reminders) };
}

/** The first day on which a change of the rent may take effect (AGR-6, UK-T16). */
function earliestChange({ agreementType, propertyId }: Agreement, noticeServedOn: string, context: Context): string {
  const assured = agreementType === 'assured_shorthold' || agreementType === 'assured_periodic';
  const { providerRegime } = context.state<Property>('properties', propertyId);
  if (assured) return plusMonths(noticeServedOn, providerRegime === 'private' ? 2 : 1);
  if (agreementType === 'secure' || agreementType === 'starter') return plusMonths(noticeServedOn, 1);
  return plusDays(noticeServedOn, policy(context, 'AGR-6.licence'));
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:vary-rent',
  doc: 'Changes what a week costs from a day on, after notice of it. The rent account follows by itself.',
  from: ['active'],
  effective: 'effectiveFrom',
})
export class VaryRent extends DomainCommand<Agreement> {
  @CivilDate(open, { doc: 'The first night at the new price' }) effectiveFrom!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  @CivilDate(open, { optional: true, doc: 'Today where it is left out' }) noticeServedOn?: string;
  @Items(pseudonymous, () => ServiceCharge, ITEMISED) serviceCharges?: ServiceCharge[];
  decide(agreement: Agreement, context: Context) {
    const { effectiveFrom, weeklyCharges } = this;
    const { today } = context;
    const noticeServedOn = pastDay(this.noticeServedOn, today, 'noticeServedOn');
    const { residentId, startDate } = agreement;
    rule('AGR-6', 'Rent changes from today on, or later.', effectiveFrom >= later(today, startDate), 'effectiveFrom');
    const earliest = earliestChange(agreement, noticeServedOn, context);
    rule('AGR-6', `After notice on ${noticeServedOn} the rent changes on ${earliest} at the earliest.`, effectiveFrom >= earliest, 'effectiveFrom');
    const last = agreement.variations.map((one) => one.effectiveFrom).sort().at(-1);
    rule('AGR-6', `The rent from ${last} on is set already: change that, or from a later day.`, last === undefined || effectiveFrom >= last, 'effectiveFrom');
    const end = agreement.lastsUntil();
    rule('AGR-6', `The agreement ends on ${end}.`, end === undefined || effectiveFrom < end, 'effectiveFrom');
    const serviceCharges = this.serviceCharges ?? undefined;
    checkItems(serviceCharges, weeklyCharges);
    const same = !serviceCharges && sameCharges(agreement.weeklyCharges(effectiveFrom), weeklyCharges);
    return same ? [] : RentVaried.of({ residentId, effectiveFrom, weeklyCharges, noticeServedOn, serviceCharges, wronglyEligible: wronglyEligible(serviceCharges) });
  }
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:renew',
  doc: 'Names the agreement that follows: this one ends on the day on which that one begins.',
  from: ['active'],
})
export class RenewAgreement extends DomainCommand<Agreement> {
  @Ref(pseudonymous, 'tenancy_agreements') newAgreementId!: string;
  decide(agreement: Agreement, context: Context) {
    const { residentId, propertyId, startDate, endDate } = agreement;
    const next = context.state<Agreement>('tenancy_agreements', this.newAgreementId);
    if (agreement.renewedById === next.id) return [];
    const theirs = next.residentId === residentId && next.propertyId === propertyId;
    if (!theirs || next.id === context.id) throw new Refusal('GEN-1', 'This is no agreement with the same resident on the same property.', { field: 'newAgreementId' });
    rule('AGR-1', 'The agreement that follows must begin after this one.', next.startDate > startDate, 'newAgreementId');
    rule('AGR-1', 'The agreement that follows must begin when this one ends, or before.', !endDate || next.startDate <= endDate, 'newAgreementId');
    rule('AGR-3', 'The agreement that follows is not signed, or not in force any more.', next.problemOn(next.startDate) === undefined, 'newAgreementId');
    const term = onDay(context, 'AGR-term', plusDays(next.startDate, -1));
    return AgreementRenewed.of({ newAgreementId: next.id, on: next.startDate, term });
  }
}

@CommandOf(Agreement, { internal: true, doc: 'The term of the agreement is over.' })
export class ReportAgreementExpired extends deadlineMissed(Agreement) {
  decide(agreement: Agreement, { today }: Context) {
    const ends = [agreement.endDate, agreement.renewedFrom].filter((end) => end !== undefined && end !== null);
    const on = ends.length > 0 ? ends.reduce(earlier) : undefined;
    return agreement.status === 'active' && on !== undefined && on <= today ? AgreementExpired.of({ on }) : [];
  }
}

@CommandOf(Agreement, { internal: true, doc: 'The end of the agreement comes near, and nothing follows yet.' })
export class ReportRenewalDue extends deadlineMissed(Agreement) {
  decide({ status, endDate, renewedById }: Agreement, { today }: Context) {
    if (status !== 'active' || renewedById || !endDate || endDate <= today) return [];
    const daysLeft = REMINDERS.find((days) => this.code.endsWith(`-${days}`)) ?? daysBetween(today, endDate);
    return AgreementRenewalDue.of({ daysLeft, endsOn: endDate });
  }
}
