import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { CivilDate, Pence, Text } from '../../../kernel/fields.js';
import { personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { UUID } from '../../../kernel/values.js';
import { pastDay } from '../../past-day.js';
import { Possession } from './possession.js';
import { Resident } from './resident.js';

@EventOf(Resident, 'PossessionsDeposited', 1)
export class PossessionsDeposited extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) possessionId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('finance'), { max: 2000 }) items!: string;
  @Pence(pseudonymous, { optional: true }) valuePence?: number;
  apply(resident: Resident): void {
    const { possessionId: id, on: depositedOn, items, valuePence } = this;
    resident.possessions = [...resident.possessions, Object.assign(new Possession(), { id, depositedOn, items, valuePence })];
  }
}
@EventOf(Resident, 'PossessionsReturned', 1)
export class PossessionsReturned extends DomainEvent<Resident> {
  @Text(pseudonymous, { max: 36 }) possessionId!: string;
  @CivilDate(pseudonymous) on!: string;
  @Text(personal('finance'), { optional: true, max: 200 }) to?: string;
  apply(resident: Resident): void {
    const { possessionId, on: returnedOn, to: returnedTo } = this;
    resident.possessions = resident.possessions.map((one) =>
      one.id === possessionId ? Object.assign(new Possession(), one, { returnedOn, returnedTo }) : one);
  }
}

@CommandOf(Resident, { permission: 'residents:deposit-possessions', doc: 'Records what somebody gives into the house\'s keeping.', effective: 'on' })
export class DepositPossessions extends DomainCommand<Resident> {
  @Text(personal('finance'), { max: 2000 }) items!: string;
  @Pence(pseudonymous, { optional: true, doc: 'What it is worth' }) valuePence?: number;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  decide(resident: Resident, { newId, today }: Context) {
    resident.checkOpen();
    const on = pastDay(this.on, today);
    return PossessionsDeposited.of({ possessionId: newId('possession'), on, items: this.items, valuePence: this.valuePence ?? undefined });
  }
}
@CommandOf(Resident, { permission: 'residents:return-possessions', doc: 'Records that something was given back.', effective: 'on' })
export class ReturnPossessions extends DomainCommand<Resident> {
  @Text(pseudonymous, { max: 36, pattern: UUID }) possessionId!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'Today where it is left out' }) on?: string;
  @Text(personal('finance'), { optional: true, max: 200, doc: 'To whom, where not to the resident' }) to?: string;
  decide(resident: Resident, { today }: Context) {
    resident.checkOpen();
    const kept = resident.possessions.find(({ id }) => id === this.possessionId);
    if (!kept) throw new Refusal('GEN-1', 'Nothing like this of the resident is in keeping.', { field: 'possessionId' });
    if (kept.returnedOn) throw new Refusal('STATE', `This was given back on ${kept.returnedOn}.`, { status: 409, field: 'possessionId' });
    const on = pastDay(this.on, today);
    rule('RES-13', 'Nothing is given back before it was taken in.', on >= kept.depositedOn, 'on');
    return PossessionsReturned.of({ possessionId: this.possessionId, on, to: this.to ?? undefined });
  }
}
