import { describe, expect, it } from '@jest/globals';
import { Catalogue } from '../kernel/catalogue.js';
import { CommandOf, DomainCommand, type Context } from '../kernel/command.js';
import { rule } from '../kernel/rules.js';
import { Entity, State } from '../kernel/entity.js';
import { DomainEvent, EventOf } from '../kernel/event.js';
import { Choice, Ref } from '../kernel/fields.js';
import { open } from '../kernel/privacy.js';
import { decide, type Outside, type Question } from './decision.js';

const Status = { open: 'open', closed: 'closed' } as const;

@Entity('doors', 'A door.', { category: 'door' })
class Door extends State {
  @Choice(open, 'DoorStatus', Status) status!: keyof typeof Status;
}
@EventOf(Door, 'DoorOpened', 1, { to: 'open' })
class DoorOpened extends DomainEvent<Door> {
  @Ref(open, 'doors', { optional: true }) nextId?: string;
  apply(): void {}
}
@EventOf(Door, 'DoorClosed', 1, { to: 'closed' })
class DoorClosed extends DomainEvent<Door> {
  apply(): void {}
}
@CommandOf(Door, { permission: 'doors:close', doc: 'Close', from: ['open'] })
class CloseDoor extends DomainCommand<Door> {
  @Ref(open, 'doors', { optional: true }) nextId?: string;
  decide(_: Door, context: Context) {
    const other = context.find<Door>('doors', 'other');
    rule('DOR-1', 'the other door is open', other?.status === 'open');
    rule('DOR-2', 'nobody is in between', context.fact('in-between', 'other').length === 0);
    return [DoorOpened.of({}), DoorClosed.of({})];
  }
}
const catalogue = new Catalogue([Door]);
const declaration = catalogue.command('CloseDoor')!;

function question(change: { status?: string; other?: string; between?: string[]; nextId?: string } = {}): Question & { asked: string[] } {
  const asked: string[] = [];
  const outside: Outside = {
    load: (_table, id) => {
      asked.push(id);
      return Promise.resolve(id === 'other' ? Object.assign(new Door(), { status: change.other ?? 'open' }) : undefined);
    },
    fact: (name) => {
      asked.push(name);
      return Promise.resolve(change.between ?? []);
    },
    held: () => Promise.resolve([]),
    rivals: () => Promise.resolve([]),
    number: () => Promise.resolve(1),
    open: (objects) => Promise.resolve(objects),
    secret: (commandId, purpose) => `${commandId}-${purpose}`,
  };
  const command = Object.assign(new CloseDoor(), change.nextId ? { nextId: change.nextId } : {});
  const state = Object.assign(new Door(), { status: change.status ?? 'open' });
  const actor = { id: 'a', role: 'manager', organizationId: 'o', permissions: new Set<string>() };
  return { declaration, command: command as never, state, id: 'd', commandId: 'c', actor, now: '2026-07-01T23:30:00.000Z', outside, asked };
}

describe('a decision', () => {
  it('fetches what it asks for, once each, and is run again with it', async () => {
    const asking = question();
    expect((await decide(asking)).map((event) => event.constructor)).toEqual([DoorOpened, DoorClosed]);
    expect(asking.asked).toEqual(['other', 'in-between']);
  });

  it('is refused by its rules with their code', async () => {
    await expect(decide(question({ other: 'closed' }))).rejects.toMatchObject({ code: 'DOR-1', status: 422 });
    await expect(decide(question({ between: ['someone'] }))).rejects.toMatchObject({ code: 'DOR-2' });
  });

  it('is refused in a state that the command does not name', async () => {
    await expect(decide(question({ status: 'closed' }))).rejects.toMatchObject({ code: 'STATE', status: 409 });
  });

  it('GEN-1: is refused where a reference leads nowhere, naming the field', async () => {
    await expect(decide(question({ nextId: 'nowhere' }))).rejects.toMatchObject({ code: 'GEN-1', options: { field: 'nextId' } });
    expect(await decide(question({ nextId: 'other' }))).toHaveLength(2);
  });
});
