import { changing, CommandOf, commandWith, type Context, DomainCommand } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { Choice, CivilDate, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { ageOn } from '../../../kernel/values.js';
import { checkGiver } from '../consent-capacity.js';
import { keyWorkerDue } from '../key-worker-due.js';
import { checkDetails, ResidentDetails } from '../person.js';
import '../resident.rules.js';
import { ConsentFacts, ConsentPurpose } from './consent.js';
import {
  ConsentGiven,
  ConsentWithdrawn,
  KeyWorkerAssigned,
  KeyWorkerUnassigned,
  ResidentAtRiskCleared,
  ResidentDetailsCorrected,
  ResidentEqualityRecorded,
  ResidentLegalStatusRecorded,
  ResidentMarkedAtRisk,
  ResidentRegistered,
} from './resident-events.js';
import {
  EqualityFacts,
  LegalStatusFacts,
  Resident,
} from './resident.js';

@CommandOf(Resident, { permission: 'residents:register', doc: 'Registers somebody who is to live here.', creates: true, plain: true })
export class RegisterResident extends commandWith(Resident, ResidentDetails) {
  decide(_: Resident, { today }: Context) {
    checkDetails(this, today);
    return ResidentRegistered.of(factsOf(this, ResidentDetails));
  }
}
@CommandOf(Resident, { permission: 'residents:register-applicant', doc: 'Registers somebody who has applied.', creates: true })
export class RegisterApplicant extends commandWith(Resident, ResidentDetails) {
  decide(_: Resident, { today }: Context) {
    checkDetails(this, today);
    return ResidentRegistered.of(factsOf(this, ResidentDetails));
  }
}

@CommandOf(Resident, { permission: 'residents:correct-details', doc: 'Corrects a name, the date of birth, or how to reach the person.' })
export class CorrectResidentDetails extends changing(Resident, ResidentDetails) {
  @Text(personal('identity'), { optional: true, max: 1000 }) reason?: string;
  decide(resident: Resident, { today }: Context) {
    resident.checkOpen();
    checkDetails(this, today);
    return ResidentDetailsCorrected.of({ ...factsOf(this, ResidentDetails), ...(this.reason ? { reason: this.reason } : {}) });
  }
}

@CommandOf(Resident, { permission: 'residents:record-equality', doc: 'Records what the person says of themselves for equality monitoring.' })
export class RecordEquality extends changing(Resident, EqualityFacts) {
  decide(resident: Resident) {
    resident.checkOpen();
    return ResidentEqualityRecorded.of(factsOf(this, EqualityFacts));
  }
}

@CommandOf(Resident, { permission: 'residents:record-legal-status', doc: 'Records in whose care the person is.' })
export class RecordLegalStatus extends commandWith(Resident, LegalStatusFacts) {
  @CivilDate(special('statutoryCase'), { optional: true, doc: 'Since when' }) from?: string;
  decide(resident: Resident) {
    resident.checkOpen();
    return ResidentLegalStatusRecorded.of({ ...factsOf(this, LegalStatusFacts), from: this.from });
  }
}

/** Who the key worker is. */
class KeyWorkerFacts {
  @Ref(open, 'users', { optional: true }) userId?: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Since when; today where it is left out' }) from?: string;
}
@CommandOf(Resident, { permission: 'residents:assign-key-worker', doc: 'Says who the key worker is; null for nobody.', effective: 'from' })
export class AssignKeyWorker extends changing(Resident, KeyWorkerFacts) {
  decide(resident: Resident, context: Context) {
    resident.checkOpen();
    const { userId } = this;
    if (userId === undefined) throw new Refusal('VALIDATION', 'Say who the key worker is, or null for nobody.', { field: 'userId' });
    if (userId === null) return unassigned(resident, context);
    if (userId === resident.keyWorkerId && (!this.from || this.from === resident.keyWorkerFrom)) return [];
    return KeyWorkerAssigned.of({ userId, from: this.from ?? context.today });
  }
}
@CommandOf(Resident, { permission: 'residents:unassign-key-worker', doc: 'Says that the key worker is it no more, and nobody is yet.' })
export class UnassignKeyWorker extends DomainCommand<Resident> {
  decide(resident: Resident, context: Context) {
    resident.checkOpen();
    return unassigned(resident, context);
  }
}
/** Nobody is the key worker; who lives here gets another one in time (RES-7). */
function unassigned(resident: Resident, context: Context): KeyWorkerUnassigned | undefined {
  if (!resident.keyWorkerId) return undefined;
  return KeyWorkerUnassigned.of(resident.livesHere ? keyWorkerDue(context, context.today) : {});
}

@CommandOf(Resident, { permission: 'residents:mark-at-risk', doc: 'Marks somebody who lives here as at risk.' })
export class MarkAtRisk extends DomainCommand<Resident> {
  @Text(special('safeguarding'), { max: 2000 }) reason!: string;
  decide(resident: Resident) {
    resident.checkOpen('active');
    return ResidentMarkedAtRisk.of({ reason: this.reason });
  }
}
@CommandOf(Resident, { permission: 'residents:clear-at-risk', doc: 'Says that somebody is not at risk any more.' })
export class ClearAtRisk extends DomainCommand<Resident> {
  decide(resident: Resident) {
    resident.checkOpen('at_risk');
    return ResidentAtRiskCleared.of({});
  }
}

@CommandOf(Resident, { permission: 'residents:give-consent', doc: 'Records a consent; one that is given again replaces the one before it.' })
export class GiveConsent extends commandWith(Resident, ConsentFacts) {
  decide(resident: Resident, context: Context) {
    resident.checkOpen();
    const { today, newId } = context;
    rule('RES-15', 'A consent that is given holds today at least: it expires later.', !this.expiresOn || this.expiresOn > today, 'expiresOn');
    const [dateOfBirth] = context.fact('date-of-birth', resident.id);
    if (dateOfBirth !== undefined) checkGiver(this, ageOn(dateOfBirth, today), today);
    return ConsentGiven.of({ ...factsOf(this, ConsentFacts), consentId: newId('consent') });
  }
}
@CommandOf(Resident, { permission: 'residents:withdraw-consent', doc: 'Records that a consent was withdrawn.', whilePaused: true })
export class WithdrawConsent extends DomainCommand<Resident> {
  @Choice(pseudonymous, 'ConsentPurpose', ConsentPurpose) purpose!: (typeof ConsentPurpose)[keyof typeof ConsentPurpose];
  decide(resident: Resident) {
    resident.checkOpen();
    const live = resident.consents.some(({ purpose, withdrawnOn, replacedOn }) => purpose === this.purpose && !withdrawnOn && !replacedOn);
    return live ? ConsentWithdrawn.of({ purpose: this.purpose }) : [];
  }
}
