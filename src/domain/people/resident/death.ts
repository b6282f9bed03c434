import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Text } from '../../../kernel/fields.js';
import { pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { Resident } from './resident.js';

@EventOf(Resident, 'ResidentDeathRecorded', 1, { deadlines: { waived: ['RES-7', 'SUP-2', 'HB-HELP', 'EMC-7', 'RES-ADULT', 'MOVE-ON.referral', 'MOVE-ON.plan'] } })
export class ResidentDeathRecorded extends DomainEvent<Resident> {
  @CivilDate(pseudonymous) on!: string;
  @Text(special('safeguarding'), { optional: true, max: 5000 }) circumstances?: string;
  apply(resident: Resident): void {
    resident.diedOn = this.on;
    resident.deathCircumstances = this.circumstances;
    Object.assign(resident, { duties: [], unsettled: [], keyWorkerDueFrom: undefined });
  }
}

@CommandOf(Resident, { permission: 'residents:record-death', doc: 'Records that somebody has died; their stay is ended for itself.', effective: 'on' })
export class RecordDeath extends DomainCommand<Resident> {
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  @Text(special('safeguarding'), { optional: true, max: 5000 }) circumstances?: string;
  decide(resident: Resident, { today }: Context) {
    resident.checkOpen();
    const on = this.on ?? today;
    if (on > today) throw new Refusal('GEN-3', 'This day is still to come.', { field: 'on' });
    if (resident.diedOn) throw new Refusal('STATE', `The death of this resident on ${resident.diedOn} is recorded.`, { status: 409 });
    const { moveInDate } = resident;
    rule('RES-4', 'Nobody dies before they moved in.', !resident.livesHere || !moveInDate || on >= moveInDate, 'on');
    return ResidentDeathRecorded.of({ on, circumstances: this.circumstances ?? undefined });
  }
}
