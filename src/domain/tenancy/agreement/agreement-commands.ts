import { CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { CivilDate, Flag, Instant, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import type { Membership } from '../../organisation/membership/membership.js';
import type { Resident } from '../../people/resident/resident.js';
import type { Property } from '../../property/property/property.js';
import type { Room } from '../../property/room/room.js';
import { checkItems, wronglyEligible } from '../../service-items.js';
import { weeklyTotal } from '../../weekly-charges.js';
import { inCalendarDays } from '../../deadline.js';
import { lateFeeProblem } from '../../late-fees.js';
import { pastDay } from '../../past-day.js';
import { policy } from '../../policies.js';
import '../tenancy.rules.js';
import { AgreementEndCorrected } from './agreement-terms.js';
import { checkCap } from './deposit-commands.js';
import { checkAuthority, checkBound, checkTenure, isMinors } from './minor.js';
import { termOf } from './term-commands.js';
import {
  Agreement,
  AgreementActivated,
  AgreementDrafted,
  AgreementFacts,
  AgreementSigned,
  AgreementTerminated,
  AgreementVoided,
} from './agreement.js';

/** From this day on nobody but a social landlord lets on an assured shorthold tenancy (Renters' Rights Act). */
const SHORTHOLD_ENDS = '2026-05-01';

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:draft',
  doc: 'Drafts an agreement with a resident on a property, or on one room of it.',
  creates: true,
  plain: true,
  effective: 'startDate',
})
export class DraftAgreement extends commandWith(Agreement, AgreementFacts) {
  decide(_: Agreement, context: Context) {
    const { startDate, endDate, agreementType, weeklyCharges, depositPence, roomId } = this;
    context.state<Resident>('residents', this.residentId).checkOpen();
    rule('AGR-1', 'The agreement must end after it starts.', !endDate || endDate > startDate, 'endDate');
    const elsewhere = roomId && context.state<Room>('property_rooms', roomId).propertyId !== this.propertyId;
    if (elsewhere) throw new Refusal('GEN-1', 'This room is not in this property.', { field: 'roomId' });
    if (typeof depositPence === 'number') checkCap(agreementType, weeklyTotal(weeklyCharges), depositPence, 'depositPence');
    const { providerRegime } = context.state<Property>('properties', this.propertyId);
    const shorthold = agreementType === 'assured_shorthold' && providerRegime === 'private';
    rule('AGR-7', 'A private landlord can no longer let on an assured shorthold tenancy.', !shorthold || startDate < SHORTHOLD_ENDS, 'agreementType');
    const { field, sentence } = lateFeeProblem(this) ?? {};
    rule('RNT-3', sentence ?? 'The law allows what is asked for late rent.', !sentence, field);
    checkItems(this.serviceCharges, weeklyCharges);
    const minor = isMinors(this, context);
    checkTenure(this, minor, 'agreementType');
    checkAuthority(this, this.residentId, context);
    return AgreementDrafted.of({ ...factsOf(this, AgreementFacts), wronglyEligible: wronglyEligible(this.serviceCharges), ...(minor ? { withMinor: true } : {}) });
  }
}

/** Whether a user is a resident's own. */
const isOf = (residentId: string, userId: string, context: Context): boolean =>
  context.held('member', userId).some(({ key }) => context.find<Membership>('user_organizations', key)?.residentId === residentId);

@CommandOf(Agreement, { permission: 'tenancy_agreements:sign', doc: 'Records that an agreement was signed.', from: ['pending', 'active'] })
export class SignAgreement extends DomainCommand<Agreement> {
  @Instant(pseudonymous, { optional: true, doc: 'When; now where it is left out' }) signedAt?: string;
  @Text(personal('identity'), { optional: true, max: 100, doc: 'Name of who signed' }) by?: string;
  @Ref(open, 'users', { optional: true, doc: 'Another active member of the organisation' }) witnessedBy?: string;
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID }) documentId?: string;
  @Text(personal('identity'), { optional: true, max: 100, doc: 'Who is bound beside somebody under 18, where the draft does not say it' }) guarantorName?: string;
  @Flag(pseudonymous, { optional: true, doc: 'The local authority that is responsible is bound beside them' }) localAuthorityParty?: boolean;
  decide(agreement: Agreement, context: Context) {
    const { now, actor } = context;
    const { residentId } = agreement;
    const signedAt = this.signedAt ?? now;
    rule('AGR-8', 'The agreement is signed already, and its terms do not change.', !agreement.signedDate, undefined, 409);
    rule('AGR-3', 'The witness is somebody else than the one who has it signed.', this.witnessedBy !== actor.id, 'witnessedBy');
    rule('AGR-3', 'The resident who signs is no witness of it.', !this.witnessedBy || !isOf(residentId, this.witnessedBy, context), 'witnessedBy');
    if (Date.parse(signedAt) > Date.parse(now)) throw new Refusal('GEN-3', 'It cannot be signed in the future.', { field: 'signedAt' });
    checkAuthority(this, residentId, context);
    checkBound([agreement, this], isMinors(agreement, context));
    const { by, witnessedBy, documentId, guarantorName, localAuthorityParty } = this;
    return AgreementSigned.of({
      residentId, signedAt, by, witnessedBy, documentId, guarantorName: guarantorName ?? undefined, localAuthorityParty: localAuthorityParty ?? undefined,
    });
  }
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:activate',
  doc: 'Puts a signed agreement into force.',
  from: ['pending'],
  effective: 'on',
})
export class ActivateAgreement extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  decide(agreement: Agreement, context: Context) {
    rule('AGR-3', 'The agreement is not signed yet.', Boolean(agreement.signedDate));
    // A date of birth may have been corrected since it was drafted.
    const minor = isMinors(agreement, context);
    checkTenure(agreement, minor, 'on');
    checkBound([agreement], minor);
    return AgreementActivated.of({ on: pastDay(this.on, context.today), ...termOf(agreement.endDate, context) });
  }
}

/** The end, and by when a deposit that is held is settled. */
function terminated({ residentId, depositStatus }: Agreement, on: string, reason: string, context: Context, withStay?: boolean): AgreementTerminated {
  const held = depositStatus !== undefined && depositStatus !== 'returned';
  const depositDue = held ? inCalendarDays(context, 'MOV-deposit', on, policy(context, 'AGR-4.return')) : undefined;
  return AgreementTerminated.of({ residentId, on, reason, ...(depositDue ? { depositDue } : {}), ...(withStay ? { withStay } : {}) });
}

@CommandOf(Agreement, { internal: true, doc: 'The stay under it has ended, and it ends with it.', effective: 'on' })
export class EndAgreementWithStay extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous) on!: string;
  decide(agreement: Agreement, context: Context) {
    const running = agreement.status === 'active' || agreement.status === 'pending';
    return running ? terminated(agreement, this.on, 'The stay has ended.', context, true) : [];
  }
}

@CommandOf(Agreement, { internal: true, doc: 'The stay under it ended on another day; one that ended by itself keeps its own.', effective: 'on' })
export class CorrectAgreementEnd extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous) on!: string;
  decide({ endedWithStay, terminatedOn }: Agreement) {
    return endedWithStay && terminatedOn !== this.on ? AgreementEndCorrected.of({ on: this.on }) : [];
  }
}

@CommandOf(Agreement, {
  permission: 'tenancy_agreements:terminate',
  doc: 'Ends an agreement, or gives up one that has not begun.',
  from: ['pending', 'active'],
  effective: 'on',
})
export class TerminateAgreement extends DomainCommand<Agreement> {
  @CivilDate(pseudonymous, { optional: true, doc: 'The first day on which it no longer holds; today where it is left out' }) on?: string;
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide(agreement: Agreement, context: Context) {
    const { today } = context;
    const on = pastDay(this.on, today);
    // One that has not begun may be given up: otherwise nothing could stand in its stead before its first day.
    const begun = agreement.status === 'active' && agreement.startDate <= today;
    rule('AGR-1', 'An agreement does not end before it starts.', !begun || on >= agreement.startDate, 'on');
    return terminated(agreement, on, this.reason, context);
  }
}

@CommandOf(Agreement, { permission: 'tenancy_agreements:void', doc: 'Gives up an agreement, drafted or signed, that is not in force.', from: ['pending'] })
export class VoidAgreement extends DomainCommand<Agreement> {
  @Text(personal('location'), { max: 1000 }) reason!: string;
  decide({ residentId }: Agreement) {
    return AgreementVoided.of({ residentId, reason: this.reason });
  }
}
