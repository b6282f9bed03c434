import { copyOf } from '../../../kernel/copy.js';
import { factsOf } from '../../../kernel/entity.js';
import { DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Group, Ref, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { Agreement } from './agreement.js';
import { Notice, NoticeFacts, PossessionStage, PossessionStep } from './agreement-children.js';

@EventOf(Agreement, 'NoticeServed', 1)
export class NoticeServed extends eventWith(Agreement, NoticeFacts) {
  @Text(pseudonymous, { max: 36 }) noticeId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous, { doc: 'The day on which it counts as served' }) deemedServedOn!: string;
  @CivilDate(pseudonymous, { doc: 'Its last day' }) expiresOn!: string;
  @Text(personal('location'), { optional: true, max: 1000, subject: 'residentId' }) noCourtOrderReason?: string;
  @Group(pseudonymous, () => Deadline, { doc: 'The day up to which the home is to be given up' }) leaveBy!: Deadline;
  override apply(agreement: Agreement): void {
    const { noticeId: id, residentId, deemedServedOn, expiresOn, noCourtOrderReason, servedOn } = this;
    const notice = { ...factsOf(this, NoticeFacts), id, residentId, deemedServedOn, expiresOn, noCourtOrderReason };
    agreement.notices = [...agreement.notices, Object.assign(new Notice(), notice)];
    Object.assign(agreement, { noticeServedOn: servedOn, noticeExpiresOn: expiresOn });
  }
}

@EventOf(Agreement, 'NoticeWithdrawn', 1, { deadlines: { waived: ['AGR-5'] } })
export class NoticeWithdrawn extends DomainEvent<Agreement> {
  @Text(pseudonymous, { max: 36 }) noticeId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('location'), { max: 1000, subject: 'residentId' }) reason!: string;
  apply(agreement: Agreement): void {
    agreement.notices = agreement.notices.map((one) => (one.id === this.noticeId ? copyOf(one, { withdrawnOn: this.on }) : one));
    Object.assign(agreement, { noticeServedOn: undefined, noticeExpiresOn: undefined, possessionStage: undefined });
  }
}

@EventOf(Agreement, 'PossessionStepRecorded', 1)
export class PossessionStepRecorded extends DomainEvent<Agreement> {
  @Choice(pseudonymous, 'PossessionStage', PossessionStage) step!: keyof typeof PossessionStage;
  @CivilDate(pseudonymous) on!: string;
  @Text(pseudonymous, { optional: true, max: 60, doc: 'Number of the case' }) courtReference?: string;
  apply(agreement: Agreement, { eventId: id }: Recorded): void {
    const { step, on, courtReference } = this;
    agreement.possessionSteps = [...agreement.possessionSteps, Object.assign(new PossessionStep(), { id, step, on, courtReference })];
    agreement.possessionStage = step;
  }
}
