import { Catalogue } from '../../src/kernel/catalogue.js';
import { CommandOf, DomainCommand } from '../../src/kernel/command.js';
import { Entity, State } from '../../src/kernel/entity.js';
import { DomainEvent, EventOf } from '../../src/kernel/event.js';
import { CivilDate, Int, Text } from '../../src/kernel/fields.js';
import { open, pseudonymous } from '../../src/kernel/privacy.js';
import { Refusal } from '../../src/kernel/rules.js';
import { londonDate, mondayOf, plusDays, startOfLondonDay, uuidOf } from '../../src/kernel/values.js';
import type { Process } from '../../src/processes/engine/process.js';

/*
 * A small lodging house. Lodgers come and go; for each a fee account is opened and charged every Monday; whoever comes
 * with a door to go through is let in by it, one visit after the other, as long as it is open.
 */
@Entity('lodgers', 'A lodger.', { category: 'lodger' })
export class Lodger extends State {
  @Text(pseudonymous, { max: 36, optional: true }) doorId?: string;
  @Int(open) visits!: number;
  @Int(open) fees!: number;
}
@EventOf(Lodger, 'LodgerCame', 1)
export class LodgerCame extends DomainEvent<Lodger> {
  @Text(pseudonymous, { max: 36, optional: true }) doorId?: string;
  apply(lodger: Lodger): void {
    Object.assign(lodger, { doorId: this.doorId, visits: 0, fees: 0 });
  }
}
@EventOf(Lodger, 'LodgerVisited', 1)
export class LodgerVisited extends DomainEvent<Lodger> {
  @Int(open) visit!: number;
  apply(lodger: Lodger): void {
    lodger.visits = this.visit;
  }
}
@EventOf(Lodger, 'LodgerLeft', 1)
export class LodgerLeft extends DomainEvent<Lodger> {
  apply(): void {}
}
@EventOf(Lodger, 'LodgerFeeNoted', 1)
export class LodgerFeeNoted extends DomainEvent<Lodger> {
  apply(lodger: Lodger): void {
    lodger.fees += 1;
  }
}
@EventOf(Lodger, 'LodgerNamed', 1)
export class LodgerNamed extends DomainEvent<Lodger> {
  apply(): void {}
}
@CommandOf(Lodger, { permission: 'lodgers:write', doc: 'Come', creates: true, plain: true })
export class Come extends DomainCommand<Lodger> {
  @Text(pseudonymous, { max: 36, optional: true }) doorId?: string;
  decide() {
    return LodgerCame.of({ doorId: this.doorId });
  }
}
@CommandOf(Lodger, { permission: 'lodgers:write', doc: 'Visit' })
export class Visit extends DomainCommand<Lodger> {
  decide(lodger: Lodger) {
    return LodgerVisited.of({ visit: lodger.visits + 1 });
  }
}
@CommandOf(Lodger, { permission: 'lodgers:write', doc: 'Leave' })
export class Leave extends DomainCommand<Lodger> {
  decide() {
    return LodgerLeft.of({});
  }
}
@CommandOf(Lodger, { permission: 'lodgers:write', doc: 'Something that no process reacts to' })
export class NameLodger extends DomainCommand<Lodger> {
  decide() {
    return LodgerNamed.of({});
  }
}
@CommandOf(Lodger, { internal: true, doc: 'Note the fee' })
export class NoteFee extends DomainCommand<Lodger> {
  decide() {
    return LodgerFeeNoted.of({});
  }
}

@Entity('fee_accounts', 'What a lodger owes.', { category: 'feeAccount' })
export class FeeAccount extends State {
  mondays!: readonly string[];
}
@EventOf(FeeAccount, 'FeeAccountOpened', 1)
export class FeeAccountOpened extends DomainEvent<FeeAccount> {
  @Text(pseudonymous, { max: 36 }) lodgerId!: string;
  apply(account: FeeAccount): void {
    account.mondays = [];
  }
}
@EventOf(FeeAccount, 'FeeCharged', 1)
export class FeeCharged extends DomainEvent<FeeAccount> {
  @CivilDate(open) monday!: string;
  apply(account: FeeAccount): void {
    account.mondays = [...account.mondays, this.monday];
  }
}
@CommandOf(FeeAccount, { internal: true, doc: 'Open', creates: true, plain: true })
export class OpenFeeAccount extends DomainCommand<FeeAccount> {
  @Text(pseudonymous, { max: 36 }) lodgerId!: string;
  decide() {
    return FeeAccountOpened.of({ lodgerId: this.lodgerId });
  }
}
@CommandOf(FeeAccount, { internal: true, doc: 'Charge' })
export class ChargeFee extends DomainCommand<FeeAccount> {
  @CivilDate(open) monday!: string;
  decide(account: FeeAccount) {
    if (account.mondays.includes(this.monday)) throw new Refusal('FEE-1', 'A Monday is charged once.', { status: 409 });
    return FeeCharged.of({ monday: this.monday });
  }
}

@Entity('doors', 'A door.', { category: 'door' })
export class Door extends State {
  @Int(open) open!: number;
}
@EventOf(Door, 'DoorSet', 1)
export class DoorSet extends DomainEvent<Door> {
  @Int(open) open!: number;
  apply(door: Door): void {
    door.open = this.open;
  }
}
@EventOf(Door, 'DoorEntered', 1)
export class DoorEntered extends DomainEvent<Door> {
  @Text(pseudonymous, { max: 36 }) lodgerId!: string;
  @Int(open) visit!: number;
  apply(): void {}
}
@CommandOf(Door, { permission: 'doors:write', doc: 'Make a door', creates: true, plain: true })
export class MakeDoor extends DomainCommand<Door> {
  @Int(open) open!: number;
  decide() {
    return DoorSet.of({ open: this.open });
  }
}
@CommandOf(Door, { permission: 'doors:write', doc: 'Open or close' })
export class SetDoor extends DomainCommand<Door> {
  @Int(open) open!: number;
  decide() {
    return DoorSet.of({ open: this.open });
  }
}
@CommandOf(Door, { internal: true, doc: 'Enter' })
export class EnterDoor extends DomainCommand<Door> {
  @Text(pseudonymous, { max: 36 }) lodgerId!: string;
  @Int(open) visit!: number;
  decide(door: Door) {
    if (!door.open) throw new Refusal('DOOR-1', 'The door is closed.', { status: 409 });
    return DoorEntered.of({ lodgerId: this.lodgerId, visit: this.visit });
  }
}

/** Id of a lodger's fee account. */
export const feeAccountOf = (lodgerId: string): string => uuidOf(lodgerId, 'fee-account');
const idIn = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
const nextMonday = (instant: string): string => plusDays(mondayOf(londonDate(instant)), 7);

/** Opens a fee account for a lodger and charges it each Monday until the lodger leaves. */
export const fees: Process = {
  name: 'fees',
  doc: 'Charges lodgers.',
  on: ['LodgerCame', 'LodgerLeft'],
  async react({ declaration, stored, recorded }, context) {
    const lodgerId = idIn(stored.stream);
    if (declaration.type === 'LodgerLeft') return context.cancel(lodgerId);
    await context.send({ step: 'open', command: 'OpenFeeAccount', id: feeAccountOf(lodgerId), body: { lodgerId } });
    const monday = nextMonday(recorded.recordedAt);
    context.schedule({ key: lodgerId, dueAt: startOfLondonDay(monday), payload: { monday } });
  },
  async fire({ key, payload }, context) {
    const monday = String(payload['monday']);
    await context.send({ step: 'charge', command: 'ChargeFee', id: feeAccountOf(key), body: { monday } });
    const next = plusDays(monday, 7);
    context.schedule({ key, dueAt: startOfLondonDay(next), payload: { monday: next } });
  },
};

/** A consequence of a consequence: the lodger hears of the account. */
export const notes: Process = {
  name: 'notes',
  doc: 'Tells lodgers of their accounts.',
  on: ['FeeAccountOpened'],
  async react({ event }, context) {
    const { lodgerId } = event as unknown as FeeAccountOpened;
    await context.send({ step: 'note', command: 'NoteFee', id: lodgerId, body: {} });
  },
};

/** Lets lodgers in by their door. */
export const doors: Process = {
  name: 'doors',
  doc: 'Lets lodgers in.',
  on: ['LodgerCame', 'LodgerVisited'],
  async react({ event, stored }, context) {
    const lodgerId = idIn(stored.stream);
    const { doorId } = (await context.find<Lodger>('lodgers', lodgerId))!;
    const visit = (event as unknown as Partial<LodgerVisited>).visit ?? 0;
    if (doorId) await context.send({ step: 'enter', command: 'EnterDoor', id: doorId, body: { lodgerId, visit } });
  },
};

export const PROCESSES: readonly Process[] = [fees, notes, doors];
export const catalogue = new Catalogue([Lodger, FeeAccount, Door]);
export const organizationId = uuidOf('lodging house');
