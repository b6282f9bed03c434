import { factsOf } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { CivilDate, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { KeyWorkerDue } from '../key-worker-due.js';
import { NhsNumberFacts, ResidentDetails } from '../person.js';
import { Consent, ConsentFacts } from './consent.js';
import {
  EqualityFacts,
  IdentifierFacts,
  LegalStatusFacts,
  NationalInsuranceFacts,
  Resident,
} from './resident.js';

@EventOf(Resident, 'ResidentRegistered', 1, { to: 'applicant' })
export class ResidentRegistered extends eventWith(Resident, ResidentDetails) {
  @Ref(pseudonymous, 'referrals', { optional: true, doc: 'The referral to us that they came by' }) referralId?: string;
  override apply(resident: Resident): void {
    Object.assign(resident, factsOf(this, ResidentDetails));
    if (this.referralId) resident.referralId = this.referralId;
  }
}

@EventOf(Resident, 'ResidentDetailsCorrected', 1)
export class ResidentDetailsCorrected extends changeWith(Resident, ResidentDetails) {
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  override apply(resident: Resident): void {
    Object.assign(resident, factsOf(this, ResidentDetails));
    // With another date of birth it is to be seen anew.
    if (this.dateOfBirth) Object.assign(resident, { turnedEighteenOn: undefined, outgrewAgeBandOn: undefined });
  }
}
@EventOf(Resident, 'ResidentEqualityRecorded', 1)
export class ResidentEqualityRecorded extends changeWith(Resident, EqualityFacts) {}

@EventOf(Resident, 'ResidentNhsNumberRecorded', 1)
export class ResidentNhsNumberRecorded extends changeWith(Resident, NhsNumberFacts) {}

@EventOf(Resident, 'ResidentNationalInsuranceNumberRecorded', 1)
export class ResidentNationalInsuranceNumberRecorded extends changeWith(Resident, NationalInsuranceFacts) {}

@EventOf(Resident, 'ResidentIdentifierRecorded', 1)
export class ResidentIdentifierRecorded extends changeWith(Resident, IdentifierFacts) {}

/** Statuses in which a local authority looks after somebody: the case record is kept (R-CH75). */
const lookedAfter: readonly string[] = ['voluntary', 'section_20', 'section_31', 'remand', 'uasc'];

@EventOf(Resident, 'ResidentLegalStatusRecorded', 1, { deadlines: { met: ['RES-ADULT'] } })
export class ResidentLegalStatusRecorded extends eventWith(Resident, LegalStatusFacts) {
  @CivilDate(special('statutoryCase'), { optional: true }) from?: string;
  override apply(resident: Resident): void {
    const { legalStatus, responsibleLa, from: legalStatusFrom } = this;
    Object.assign(resident, { legalStatus, responsibleLa, legalStatusFrom });
    resident.everLookedAfter ||= lookedAfter.includes(legalStatus);
    resident.duties = resident.duties.filter((code) => code !== 'RES-ADULT');
  }
}

@EventOf(Resident, 'KeyWorkerAssigned', 1, { deadlines: { met: ['RES-7'], at: 'from' } })
export class KeyWorkerAssigned extends DomainEvent<Resident> {
  @Ref(open, 'users') userId!: string;
  @CivilDate(pseudonymous) from!: string;
  apply(resident: Resident): void {
    resident.keyWorkerId = this.userId;
    resident.keyWorkerFrom = this.from;
    resident.settleDuty('RES-7');
    resident.keyWorkerDueFrom = undefined;
  }
}
@EventOf(Resident, 'KeyWorkerUnassigned', 1)
export class KeyWorkerUnassigned extends eventWith(Resident, KeyWorkerDue) {
  override apply(resident: Resident): void {
    if (this.keyWorkerDue) resident.duties = [...resident.duties, 'RES-7'];
    resident.keyWorkerDueFrom = this.keyWorkerDueFrom;
    resident.keyWorkerId = undefined;
    resident.keyWorkerFrom = undefined;
  }
}

@EventOf(Resident, 'ResidentMarkedAtRisk', 1, { to: 'at_risk' })
export class ResidentMarkedAtRisk extends DomainEvent<Resident> {
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  apply(resident: Resident): void {
    resident.atRiskReason = this.reason;
  }
}
@EventOf(Resident, 'ResidentAtRiskCleared', 1, { to: 'active' })
export class ResidentAtRiskCleared extends DomainEvent<Resident> {
  apply(resident: Resident): void {
    resident.atRiskReason = undefined;
  }
}

const endConsent = (consents: readonly Consent[], purpose: string, end: Partial<Consent>): Consent[] =>
  consents.map((one) => (one.purpose !== purpose || one.withdrawnOn || one.replacedOn ? one : Object.assign(new Consent(), one, end)));

@EventOf(Resident, 'ConsentGiven', 1)
export class ConsentGiven extends eventWith(Resident, ConsentFacts) {
  @Text(pseudonymous, { max: 36 }) consentId!: string;
  override apply(resident: Resident, { effectiveDate: givenOn }: Recorded): void {
    const given = Object.assign(new Consent(), factsOf(this, ConsentFacts), { id: this.consentId, givenOn });
    resident.consents = [...endConsent(resident.consents, this.purpose, { replacedOn: givenOn }), given];
  }
}
@EventOf(Resident, 'ConsentWithdrawn', 1)
export class ConsentWithdrawn extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 40 }) purpose!: string;
  apply(resident: Resident, { effectiveDate: withdrawnOn }: Recorded): void {
    resident.consents = endConsent(resident.consents, this.purpose, { withdrawnOn });
  }
}
