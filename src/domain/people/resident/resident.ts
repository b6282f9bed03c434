import { Entity, type RegisterEntry, stateWith } from '../../../kernel/entity.js';
import { Children, Choice, CivilDate, Flag, Hidden, Int, List, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, type Scope, sensitive, special } from '../../../kernel/privacy.js';
import { Refusal } from '../../../kernel/rules.js';
import { withoutSpaces } from '../identifiers.js';
import { ResidentDetails } from '../person.js';
import { RESIDENT_REGISTER } from '../resident-register.js';
import { DeclineReason, type DeclineReasonCode } from '../decline-reason.js';
import { AlertCode, PersonAlert } from './alert-code.js';
import { Consent } from './consent.js';
import { EmergencyContact } from './emergency-contact.js';
import { LegalHold } from './legal-hold.js';
import { Possession } from './possession.js';
import { Sibling } from './sibling.js';

type Of<T> = T[keyof T];
export const ResidentStatus = {
  applicant: 'applicant',
  offered: 'offered',
  declined: 'declined',
  withdrawn: 'withdrawn',
  active: 'active',
  at_risk: 'at_risk',
  moved_out: 'moved_out',
  erased: 'erased',
} as const;
export const RiskLevel = { low: 'low', medium: 'medium', high: 'high' } as const;
/** As a risk assessment says it; `RiskLevel` knows nothing above high. */
export const RiskLevelDetail = { ...RiskLevel, critical: 'critical' } as const;
export const LegalStatus = {
  voluntary: 'voluntary',
  section_20: 'section_20',
  section_31: 'section_31',
  remand: 'remand',
  care_leaver: 'care_leaver',
  uasc: 'uasc',
  none: 'none',
} as const;
/** Every scope that personal data of a resident may be in. */
export const SCOPES: readonly Scope[] =
  ['identity', 'contact', 'location', 'health', 'safeguarding', 'finance', 'consentBased', 'statutoryCase'];
const scopes = { values: SCOPES, enumName: 'PrivacyScope', max: 8 };

/** What somebody says of themselves for equality monitoring; whatever they would rather not say is left out. */
export class EqualityFacts {
  @Text(special('health'), { optional: true, max: 60 }) sexAtBirth?: string;
  @Text(special('health'), { optional: true, max: 60 }) genderIdentity?: string;
  @Text(special('health'), { optional: true, max: 60 }) sexualOrientation?: string;
  @Text(special('health'), { optional: true, max: 100 }) ethnicity?: string;
  @Text(special('health'), { optional: true, max: 100 }) religion?: string;
  @Text(special('health'), { optional: true, max: 200 }) disability?: string;
  @Text(personal('identity'), { optional: true, max: 60 }) nationality?: string;
  @Text(personal('identity'), { optional: true, max: 60, doc: 'Language that they speak best' }) language?: string;
  @Text(personal('identity'), { optional: true, max: 60, doc: 'Has served in the armed forces, or serves' }) armedForces?: string;
}
export class NationalInsuranceFacts {
  @Text(special('finance'), { optional: true, blind: true, max: 20, normalise: (text) => withoutSpaces(text).toUpperCase() })
  nationalInsuranceNumber?: string;
}
/** What others call somebody: a school, the authority that is responsible, the Home Office, who pays Universal Credit. */
export class IdentifierFacts {
  @Text(special('identity'), { optional: true, blind: true, max: 20, doc: 'Unique pupil number' }) pupilNumber?: string;
  @Text(special('statutoryCase'), { optional: true, blind: true, max: 60, doc: 'Reference of the case at the local authority' }) laCaseReference?: string;
  @Text(special('statutoryCase'), { optional: true, blind: true, max: 60, doc: 'Reference at the Home Office' }) homeOfficeReference?: string;
  @Text(special('finance'), { optional: true, blind: true, max: 60, doc: 'Reference of the claim for Universal Credit' }) universalCreditReference?: string;
}
/** In whose care somebody is. */
export class LegalStatusFacts {
  @Choice(sensitive, 'LegalStatus', LegalStatus) legalStatus!: Of<typeof LegalStatus>;
  @Text(personal('statutoryCase'), { optional: true, max: 100, doc: 'The local authority that is responsible' }) responsibleLa?: string;
}

@Entity('residents', 'A young person who lives with the organisation, has lived with it, or has applied.', {
  category: 'resident',
  reference: { prefix: 'RES', digits: 6 },
  search: ['firstName', 'lastName', 'preferredName'],
})
export class Resident extends stateWith(ResidentDetails, EqualityFacts, IdentifierFacts) {
  @Choice(pseudonymous, 'ResidentStatus', ResidentStatus) status!: Of<typeof ResidentStatus>;
  @Ref(open, 'properties', { optional: true, doc: 'Where they live, or lived last' }) propertyId?: string;
  @Ref(open, 'property_rooms', { optional: true }) roomId?: string;
  @Ref(pseudonymous, 'placements', { optional: true }) placementId?: string;
  @CivilDate(pseudonymous, { optional: true }) moveInDate?: string;
  @CivilDate(pseudonymous, { optional: true }) moveOutDate?: string;
  @Ref(open, 'users', { optional: true }) keyWorkerId?: string;
  @CivilDate(pseudonymous, { optional: true }) keyWorkerFrom?: string;
  @Ref(pseudonymous, 'support_plans', { optional: true, doc: 'The support plan that was opened last' }) supportPlanId?: string;
  @Int(pseudonymous, { min: 1, max: 5 }) independenceLevel: number = 1;
  @CivilDate(pseudonymous, { optional: true }) independenceAssessedOn?: string;
  @Choice(sensitive, 'RiskLevel', RiskLevel, { doc: 'By the risk assessment in force; a critical risk is high here' }) riskLevel: Of<typeof RiskLevel> = 'low';
  @Choice(sensitive, 'RiskLevelDetail', RiskLevelDetail) riskLevelDetail: Of<typeof RiskLevelDetail> = 'low';
  @Text(special('safeguarding'), { optional: true, max: 2000, doc: 'Why they are at risk' }) atRiskReason?: string;
  @Text(special('health'), { optional: true, blind: true, max: 20 }) nhsNumber?: string;
  @Text(special('finance'), { optional: true, blind: true, max: 20 }) nationalInsuranceNumber?: string;
  @Choice(sensitive, 'LegalStatus', LegalStatus, { optional: true }) legalStatus?: Of<typeof LegalStatus>;
  @Text(personal('statutoryCase'), { optional: true, max: 100 }) responsibleLa?: string;
  @CivilDate(special('statutoryCase'), { optional: true }) legalStatusFrom?: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The social worker, among the emergency contacts' }) socialWorkerId?: string;
  @CivilDate(pseudonymous, { optional: true }) socialWorkerFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When the placement plan of somebody under 18 was agreed' }) placementPlanOn?: string;
  @CivilDate(pseudonymous, { optional: true }) placementPlanReviewOn?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) placementPlanDocumentId?: string;
  @Text(special('statutoryCase'), { optional: true, max: 20_000 }) placementPlanSummary?: string;
  @Ref(pseudonymous, 'referrals', { optional: true, doc: 'The referral to us that they came by, the last one' }) referralId?: string;
  @Ref(open, 'property_rooms', { optional: true, doc: 'The room that is kept for them' }) offeredRoomId?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) reservationId?: string;
  @Choice(pseudonymous, 'DeclineReason', DeclineReason, { optional: true }) declineReason?: DeclineReasonCode;
  @Text(special('health'), { optional: true, max: 2000 }) declineText?: string;
  @Text(personal('identity'), { optional: true, max: 2000 }) withdrawalReason?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When their application was declined or withdrawn' }) applicationEndedOn?: string;
  @List(sensitive, { values: Object.values(AlertCode), enumName: 'PersonAlertCode', doc: 'Codes of the alerts that hold' }) alerts: string[] = [];
  @CivilDate(pseudonymous, { optional: true }) diedOn?: string;
  @Text(special('safeguarding'), { optional: true, max: 5000 }) deathCircumstances?: string;
  @Ref(pseudonymous, 'residents', { optional: true, doc: 'The record that this one is a duplicate of' }) mergedInto?: string;
  @CivilDate(pseudonymous, { optional: true }) mergedOn?: string;
  @Text(personal('identity'), { optional: true, max: 1000, doc: 'Why it was merged, or the merger undone' }) mergeReason?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'From when on the time for their key worker is reckoned (RES-7), while the calendar of bank holidays does not reach so far' })
  keyWorkerDueFrom?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Of who moved in under 18' }) turnedEighteenOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When they were older than the property is for' }) outgrewAgeBandOn?: string;
  @Flag(pseudonymous, { doc: 'In care at some time while with the organisation: the case record is kept for 75 years from birth' })
  everLookedAfter: boolean = false;
  @Flag(pseudonymous, { doc: 'Nothing may be erased' }) legalHold: boolean = false;
  @CivilDate(pseudonymous, { optional: true, doc: 'Since then nothing is recorded any more' }) erasureDecidedOn?: string;
  @List(pseudonymous, { ...scopes, doc: 'What was erased' }) erasedScopes: string[] = [];
  @List(pseudonymous, { doc: 'What is kept, and why' }) retainedScopes: string[] = [];
  @Children('emergency_contacts', () => EmergencyContact, { parent: 'residentId' }) emergencyContacts: EmergencyContact[] = [];
  @Children('consents', () => Consent, { parent: 'residentId' }) consents: Consent[] = [];
  @Children('legal_holds', () => LegalHold, { parent: 'residentId' }) legalHolds: LegalHold[] = [];
  @Children('person_alerts', () => PersonAlert, { parent: 'residentId' }) personAlerts: PersonAlert[] = [];
  @Children('resident_possessions', () => Possession, { parent: 'residentId' }) possessions: Possession[] = [];
  @Children('resident_siblings', () => Sibling, { parent: 'ofResidentId' }) siblings: Sibling[] = [];
  @Int(pseudonymous, { doc: 'How many things that they were invited to they have missed in a row and had not said so' }) missedInARow: number = 0;
  /** What they have missed since they last came, as when it began and what it was, oldest first. */
  @Hidden(pseudonymous) missed: string[] = [];
  /** When what they last came to began. */
  @Hidden(pseudonymous) lastCameAt?: string;
  /** Codes of the deadlines that a move-in has opened and nothing has settled. */
  @Hidden(pseudonymous) duties: string[] = [];
  /** Codes of the deadlines of a move-in, and of moving on, that nothing has come of, whether they were missed or not. */
  @Hidden(pseudonymous) unsettled: string[] = [];
  /** The assessment that they were found ready to move on by, last. */
  @Hidden(pseudonymous) moveOnAssessmentId?: string;
  /** The referral for a home that followed from being ready to move on, as it was made first. */
  @Hidden(pseudonymous) moveOnReferralId?: string;
  @Hidden(pseudonymous) hasBenefitClaim: boolean = false;
  /** The room in which it was told that they share it with people of the other age. */
  @Hidden(pseudonymous) agesMixedIn?: string;
  /** Scopes whose keys are about to be destroyed. */
  @Hidden(pseudonymous) erasing: string[] = [];

  /** Nobody whose data is being erased moves in, nor under a record that is a duplicate. */
  holds(): RegisterEntry[] {
    const own = { register: RESIDENT_REGISTER, owner: this.id };
    const { mergedInto, mergedOn, erasureDecidedOn } = this;
    return [
      ...(erasureDecidedOn ? [{ ...own, kind: 'erasure', key: this.id, from: erasureDecidedOn }] : []),
      ...(mergedInto ? [
        { ...own, kind: 'merger', key: mergedInto, ...(mergedOn ? { from: mergedOn } : {}) },
        { ...own, owner: mergedInto, kind: 'merged_here', key: this.id },
      ] : []),
    ];
  }

  get livesHere(): boolean {
    return this.status === 'active' || this.status === 'at_risk';
  }

  /** Contacts that may be called. */
  callableContacts(): EmergencyContact[] {
    return this.emergencyContacts.filter(({ isActive, restricted }) => isActive && !restricted);
  }

  /** What was to be done is, or need not be. */
  settleDuty(code: string): void {
    this.duties = this.duties.filter((one) => one !== code);
    this.unsettled = this.unsettled.filter((one) => one !== code);
  }

  /** The social worker, unless they were removed or must not be called. */
  socialWorker(): EmergencyContact | undefined {
    return this.callableContacts().find(({ id }) => id === this.socialWorkerId);
  }

  /**
   * Whether anything may still be recorded, and in one of these states where any are given.
   * @throws Refusal ERASED once an erasure is decided; STATE.
   */
  checkOpen(...states: Of<typeof ResidentStatus>[]): void {
    this.checkNotErased();
    if (this.mergedInto) {
      throw new Refusal('STATE', 'This record was merged into another one: record it there, or undo the merger.', { status: 409 });
    }
    if (states.length === 0 || states.includes(this.status)) return;
    throw new Refusal('STATE', `This is not possible while the resident is ${this.status.replaceAll('_', ' ')}.`, { status: 409 });
  }

  /**
   * Whether a bed may be kept for somebody, and whether they may move in; with everything that `checkOpen` asks.
   * @throws Refusal STATE also where they died, or their application came to nothing: they are to be referred again.
   */
  checkAdmissible(): void {
    this.checkOpen();
    if (this.diedOn) throw new Refusal('STATE', `This resident died on ${this.diedOn}.`, { status: 409, field: 'residentId' });
    if (this.status !== 'declined' && this.status !== 'withdrawn') return;
    throw new Refusal('STATE', `The application of this resident was ${this.status}: record another referral first.`, { status: 409, field: 'residentId' });
  }

  /** @throws Refusal ERASED once an erasure is decided. */
  checkNotErased(): void {
    if (!this.erasureDecidedOn) return;
    throw new Refusal('ERASED', 'The personal data of this resident was erased: nothing more can be recorded.', { status: 410 });
  }
}
