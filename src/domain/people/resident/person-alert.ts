import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Choice, CivilDate, Text } from '../../../kernel/fields.js';
import { pseudonymous, sensitive, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { AlertCode, PersonAlert } from './alert-code.js';
import { Resident } from './resident.js';

type Code = (typeof AlertCode)[keyof typeof AlertCode];

const withAlerts = (resident: Resident, alerts: PersonAlert[]): void => {
  resident.personAlerts = alerts;
  resident.alerts = [...new Set(alerts.filter(({ endedOn }) => !endedOn).map(({ hactCode }) => hactCode))].sort();
};

@EventOf(Resident, 'PersonAlertAdded', 1)
export class PersonAlertAdded extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) alertId!: string;
  @Choice(sensitive, 'PersonAlertCode', AlertCode) hactCode!: Code;
  @CivilDate(pseudonymous) on!: string;
  @CivilDate(pseudonymous, { optional: true }) reviewOn?: string;
  @Text(special('safeguarding'), { optional: true, max: 2000 }) reason?: string;
  apply(resident: Resident): void {
    const { alertId: id, hactCode, on: addedOn, reviewOn, reason } = this;
    withAlerts(resident, [...resident.personAlerts, Object.assign(new PersonAlert(), { id, hactCode, addedOn, reviewOn, reason })]);
  }
}
@EventOf(Resident, 'PersonAlertEnded', 1)
export class PersonAlertEnded extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) alertId!: string;
  @CivilDate(pseudonymous) on!: string;
  apply(resident: Resident): void {
    const { alertId, on: endedOn } = this;
    withAlerts(resident, resident.personAlerts.map((one) => (one.id === alertId ? Object.assign(new PersonAlert(), one, { endedOn }) : one)));
  }
}

@CommandOf(Resident, { permission: 'residents:add-alert', doc: 'Warns those who work with somebody of something, by a code of the HACT list.' })
export class AddAlert extends DomainCommand<Resident> {
  @Choice(sensitive, 'PersonAlertCode', AlertCode) hactCode!: Code;
  @CivilDate(pseudonymous, { optional: true, doc: 'When it is looked at again' }) reviewOn?: string;
  @Text(special('safeguarding'), { optional: true, max: 2000 }) reason?: string;
  decide(resident: Resident, { newId, today }: Context) {
    resident.checkOpen();
    const { hactCode } = this;
    const reviewOn = this.reviewOn ?? undefined;
    rule('RES-12', 'An alert is looked at again after today.', !reviewOn || reviewOn > today, 'reviewOn');
    if (resident.alerts.includes(hactCode)) {
      throw new Refusal('DUPLICATE', 'There is this alert already.', { status: 409, field: 'hactCode' });
    }
    return PersonAlertAdded.of({ alertId: newId('alert'), hactCode, on: today, reviewOn, reason: this.reason ?? undefined });
  }
}
@CommandOf(Resident, { permission: 'residents:end-alert', doc: 'Says that an alert holds no more.' })
export class EndAlert extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) alertId!: string;
  decide(resident: Resident, { today }: Context) {
    resident.checkOpen();
    const alert = resident.personAlerts.find(({ id }) => id === this.alertId);
    if (!alert) throw new Refusal('GEN-1', 'This resident has no such alert.', { field: 'alertId' });
    return alert.endedOn ? [] : PersonAlertEnded.of({ alertId: this.alertId, on: today });
  }
}
