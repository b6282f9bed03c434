import { describe, expect, it } from '@jest/globals';
import { Catalogue, routeOf, verbOf } from './catalogue.js';
import { CommandOf, commandWith, DomainCommand } from './command.js';
import { Entity, State, stateWith } from './entity.js';
import { DomainEvent, EventOf, eventWith } from './event.js';
import { Choice, fieldsOf, Flag, Int, Text, type ClassOf } from './fields.js';
import { open, personal } from './privacy.js';

const Status = { open: 'open', closed: 'closed' } as const;
type Status = (typeof Status)[keyof typeof Status];

let made = 0;
/** A fresh entity with a creating and a closing command; `change` breaks it before it is declared. */
function declare(change: { table?: string; category?: string; states?: Record<string, string>; later?: string[] } = {}) {
  const n = ++made;
  class Facts {
    @Text(personal('identity'), { doc: 'what people call it' }) title!: string;
    @Int(open, { optional: true }) size?: number;
  }
  class Thing extends stateWith(Facts) {
    @Choice(open, 'Status', (change.states ?? Status) as typeof Status) status!: Status;
  }
  Entity(change.table ?? `things_${n}`, 'A thing.', {
    category: change.category ?? `thing${String.fromCharCode(97 + (n % 26))}${'x'.repeat(n / 26)}`,
    ...(change.later ? { later: change.later } : {}),
  })(Thing);
  class ThingOpened extends eventWith(Thing, Facts) {}
  EventOf(Thing, `Thing${n}Opened`, 1, { to: 'open' })(ThingOpened);
  class ThingClosed extends DomainEvent<Thing> {
    apply(): void {}
  }
  EventOf(Thing, `Thing${n}Closed`, 1, { to: 'closed' })(ThingClosed);
  class OpenThing extends commandWith(Thing, Facts) {
    decide() {
      return ThingOpened.of({ title: this.title });
    }
  }
  CommandOf(Thing, { permission: 'things:open', doc: 'Open', creates: true, plain: true })(named(OpenThing, `OpenThing${n}`));
  class CloseThing extends DomainCommand<Thing> {
    @Flag(open, { optional: true }) quietly?: boolean;
    decide() {
      return ThingClosed.of({});
    }
  }
  CommandOf(Thing, { permission: 'things:close', doc: 'Close' })(named(CloseThing, `CloseThing${n}`));
  return { n, Thing, Facts, ThingOpened };
}

function named<C extends ClassOf>(target: C, name: string): C {
  Object.defineProperty(target, 'name', { value: name });
  return target;
}

describe('the catalogue', () => {
  it('finds an entity, its events and its commands by the names the outside knows', () => {
    const { n, Thing } = declare();
    const catalogue = new Catalogue([Thing]);
    expect(catalogue.entity(`things_${n}`)?.name).toBe('Thing');
    expect(catalogue.event(`Thing${n}Opened`)?.version).toBe(1);
    const open = catalogue.command(`OpenThing${n}`)!;
    expect(routeOf(open)).toBe(`/api/v1/things-${n}`);
    expect(routeOf(catalogue.command(`CloseThing${n}`)!)).toBe(`/api/v1/things-${n}/{id}/${verbOf(catalogue.command(`CloseThing${n}`)!)}`);
    expect(open.fields.map((field) => field.name)).toEqual(['title', 'size']);
  });

  it('boots 45 entities with 3 declarations each well under three seconds', () => {
    const states = Array.from({ length: 45 }, () => declare().Thing);
    // Time of the processor: others may be using it too.
    const from = process.cpuUsage();
    expect(new Catalogue(states).commands).toHaveLength(90);
    const { user, system } = process.cpuUsage(from);
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });

  it('refuses two entities of one table', () => {
    const { Thing, n } = declare();
    const other = declare({ table: `things_${n}` });
    expect(() => new Catalogue([Thing, other.Thing])).toThrow(/share the table/);
  });

  it('refuses a category that is taken', () => {
    const one = declare({ category: 'same' });
    const two = declare({ category: 'same' });
    expect(() => new Catalogue([one.Thing, two.Thing])).toThrow(/category same is taken/);
  });

  it('refuses a state that no event leads to, unless it is marked later', () => {
    const states = { ...Status, lost: 'lost' };
    expect(() => new Catalogue([declare({ states }).Thing])).toThrow(/can never be lost/);
    expect(() => new Catalogue([declare({ states, later: ['lost'] }).Thing])).not.toThrow();
  });

  it('refuses a command name used twice', () => {
    const { Thing, n } = declare();
    class Again extends DomainCommand<State> {
      decide(): undefined {
        return undefined;
      }
    }
    CommandOf(Thing, { permission: 'x:y', doc: 'again' })(named(Again, `CloseThing${n}`));
    expect(() => new Catalogue([Thing])).toThrow(/Two commands are called/);
  });

  it('refuses a clash of routes', () => {
    const { Thing, n } = declare();
    class Other extends DomainCommand<State> {
      decide(): undefined {
        return undefined;
      }
    }
    const route = verbOf(new Catalogue([Thing]).command(`CloseThing${n}`)!);
    CommandOf(Thing, { permission: 'x:y', doc: 'other', route })(named(Other, `Other${n}`));
    expect(() => new Catalogue([Thing])).toThrow(/share the route/);
  });

  it('refuses a command that says not who may', () => {
    const { Thing, n } = declare();
    class Anyone extends DomainCommand<State> {
      decide(): undefined {
        return undefined;
      }
    }
    CommandOf(Thing, { doc: 'anyone' })(named(Anyone, `Anyone${n}`));
    expect(() => new Catalogue([Thing])).toThrow(/says not who may/);
  });

  it('refuses an event type used twice, one without apply, and a version without its upcaster', () => {
    const twice = declare();
    EventOf(twice.Thing, `Thing${twice.n}Opened`, 1)(twice.ThingOpened);
    expect(() => new Catalogue([twice.Thing])).toThrow(/declared twice/);

    const mute = declare();
    class Mute {}
    EventOf(mute.Thing, `Mute${mute.n}`, 1)(Mute as never);
    expect(() => new Catalogue([mute.Thing])).toThrow(/has no apply/);

    const old = declare();
    EventOf(old.Thing, `Old${old.n}`, 2)(old.ThingOpened);
    expect(() => new Catalogue([old.Thing])).toThrow(/without an upcaster from 1/);
  });

});

describe('a field that says nothing about privacy', () => {
  it('refuses to boot, whoever declared it', () => {
    const { Thing } = declare();
    class Careless {
      note!: string;
    }
    (Text as (privacy: unknown) => (target: object, key: string) => void)(undefined)(Careless.prototype, 'note');
    expect(() => new Catalogue([Thing])).toThrow(/Careless.note says nothing about privacy/);
  });
});

describe('what does not compile', () => {
  it('is a decorator that disagrees with its property', () => {
    class Wrong {
      // @ts-expect-error a number is no text
      @Text(open) count!: number;
      // @ts-expect-error an optional property needs an optional field
      @Text(open) maybe?: string;
      // @ts-expect-error a required property needs a required field
      @Text(open, { optional: true }) always!: string;
      // @ts-expect-error the enum has no such value
      @Choice(open, 'Status', Status) state!: 'lost';
    }
    expect(fieldsOf(Wrong)).toHaveLength(4);
  });
});
