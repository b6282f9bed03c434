import { changing, CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Text } from '../../../kernel/fields.js';
import { pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { Resident } from './resident.js';

/** The social worker is among the resident's contacts, with a key of their own. */
@EventOf(Resident, 'SocialWorkerAssigned', 1)
export class SocialWorkerAssigned extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) contactId!: string;
  @CivilDate(pseudonymous) from!: string;
  apply(resident: Resident): void {
    resident.socialWorkerId = this.contactId;
    resident.socialWorkerFrom = this.from;
  }
}
@EventOf(Resident, 'SocialWorkerUnassigned', 1)
export class SocialWorkerUnassigned extends DomainEvent<Resident> {
  apply(resident: Resident): void {
    resident.socialWorkerId = undefined;
    resident.socialWorkerFrom = undefined;
  }
}
/** What the responsible authority and the house have agreed on for somebody under 18. */
@EventOf(Resident, 'PlacementPlanRecorded', 1)
export class PlacementPlanRecorded extends DomainEvent<Resident> {
  @CivilDate(pseudonymous) agreedOn!: string;
  @CivilDate(pseudonymous, { optional: true }) reviewOn?: string;
  @Text(pseudonymous, { optional: true, max: 36 }) documentId?: string;
  @Text(special('statutoryCase'), { optional: true, max: 20_000 }) summary?: string;
  apply(resident: Resident): void {
    const { agreedOn, reviewOn, documentId, summary } = this;
    Object.assign(resident, {
      placementPlanOn: agreedOn, placementPlanReviewOn: reviewOn, placementPlanDocumentId: documentId, placementPlanSummary: summary,
    });
  }
}

class SocialWorkerFacts {
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID, doc: 'One of the resident\'s contacts who is a social worker' }) contactId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Since when; today where it is left out' }) from?: string;
}
@CommandOf(Resident, { permission: 'residents:assign-social-worker', doc: 'Says who the social worker is; null for nobody.', effective: 'from' })
export class AssignSocialWorker extends changing(Resident, SocialWorkerFacts) {
  decide(resident: Resident, { today }: Context) {
    resident.checkOpen();
    const { contactId } = this;
    if (contactId === undefined) throw new Refusal('VALIDATION', 'Say who the social worker is, or null for nobody.', { field: 'contactId' });
    if (contactId === null) return resident.socialWorkerId ? SocialWorkerUnassigned.of({}) : [];
    const contact = resident.emergencyContacts.find(({ id, isActive }) => id === contactId && isActive);
    if (!contact) throw new Refusal('GEN-1', 'This resident has no such contact.', { field: 'contactId' });
    rule('EMC-6', 'This contact is no social worker: record them as one first.', contact.contactType === 'social_worker', 'contactId');
    const from = this.from ?? today;
    if (contactId === resident.socialWorkerId && (!this.from || from === resident.socialWorkerFrom)) return [];
    return SocialWorkerAssigned.of({ contactId, from });
  }
}

@CommandOf(Resident, { permission: 'residents:record-placement-plan', doc: 'Records the placement plan of somebody under 18.', effective: 'agreedOn' })
export class RecordPlacementPlan extends DomainCommand<Resident> {
  @CivilDate(pseudonymous, { optional: true, doc: 'When it was agreed; today where it is left out' }) agreedOn?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it is looked at again' }) reviewOn?: string;
  @Text(pseudonymous, { optional: true, max: 36, pattern: UUID }) documentId?: string;
  @Text(special('statutoryCase'), { optional: true, max: 20_000 }) summary?: string;
  decide(resident: Resident, { today }: Context) {
    resident.checkOpen();
    const agreedOn = this.agreedOn ?? today;
    const reviewOn = this.reviewOn ?? undefined;
    if (agreedOn > today) throw new Refusal('GEN-3', 'This day is still to come: record the plan when it is agreed.', { field: 'agreedOn' });
    rule('RES-12', 'A plan is looked at again after it was agreed.', !reviewOn || reviewOn > agreedOn, 'reviewOn');
    return PlacementPlanRecorded.of({ agreedOn, reviewOn, documentId: this.documentId ?? undefined, summary: this.summary ?? undefined });
  }
}
