import { declaredCommands, type CommandDeclaration } from './command.js';
import { entityOf, type EntityDeclaration } from './entity.js';
import { declaredEvents, type EventDeclaration } from './event.js';
import { fieldsOf, unclassifiedFields, type ClassOf, type Field } from './fields.js';
import { rulesDeclaredTwice } from './rules.js';

/** A table of children, and what they are children of. */
export interface ChildTable {
  readonly table: string;
  readonly entity: EntityDeclaration;
  /** The field of the entity's state that holds them. */
  readonly field: Field;
  readonly fields: readonly Field[];
}

/** Everything declared, checked, and found by the names the outside knows. */
export class Catalogue {
  private readonly byTable = new Map<string, EntityDeclaration>();
  private readonly byType = new Map<string, EventDeclaration>();
  private readonly byName = new Map<string, CommandDeclaration>();
  private readonly byCategory = new Map<string, EntityDeclaration>();
  private readonly byClass = new Map<ClassOf, EventDeclaration>();
  private readonly children = new Map<string, ChildTable>();

  /**
   * @param states the entities this installation has; events and commands of others are ignored.
   * @throws Error with a sentence that says what to do, on the first mistake in the declarations.
   */
  constructor(states: readonly ClassOf[]) {
    const bad = unclassifiedFields()[0];
    if (bad) throw new Error(`${bad} says nothing about privacy: give its decorator a class such as open or personal('identity').`);
    const twice = rulesDeclaredTwice()[0];
    if (twice) throw new Error(`The rule code ${twice} is declared twice: codes are unique in the product, choose another.`);
    for (const state of states) this.addEntity(entityOf(state));
    const included = new Set<ClassOf>(states);
    for (const event of declaredEvents()) if (included.has(event.entity)) this.addEvent(event);
    for (const command of declaredCommands()) if (included.has(command.entity)) this.addCommand(command);
    this.checkRoutes();
    for (const entity of this.byTable.values()) this.checkStates(entity);
  }

  get entities(): EntityDeclaration[] {
    return [...this.byTable.values()];
  }
  get events(): EventDeclaration[] {
    return [...this.byType.values()];
  }
  get commands(): CommandDeclaration[] {
    return [...this.byName.values()];
  }
  get childTables(): ChildTable[] {
    return [...this.children.values()];
  }
  childTable(table: string): ChildTable | undefined {
    return this.children.get(table);
  }
  /** The declaration behind an event's class. */
  eventOf(event: ClassOf): EventDeclaration | undefined {
    return this.byClass.get(event);
  }
  entity(table: string): EntityDeclaration | undefined {
    return this.byTable.get(table);
  }
  event(type: string): EventDeclaration | undefined {
    return this.byType.get(type);
  }
  command(name: string): CommandDeclaration | undefined {
    return this.byName.get(name);
  }
  /** The entity whose streams have this category. */
  ofCategory(category: string): EntityDeclaration | undefined {
    return this.byCategory.get(category);
  }
  commandsOf(entity: EntityDeclaration): CommandDeclaration[] {
    return this.commands.filter((command) => command.entity === entity.state);
  }

  private addEntity(entity: EntityDeclaration): void {
    if (this.byTable.has(entity.table)) throw new Error(`Two entities share the table ${entity.table}: rename one.`);
    if (!/^[a-z][a-zA-Z]*$/.test(entity.options.category) || this.byCategory.has(entity.options.category)) {
      throw new Error(`${entity.name}: category ${entity.options.category} is taken or no camelCase word; choose another.`);
    }
    for (const field of entity.fields) {
      if (field.kind === 'hidden' && field.privacy.class > 1) {
        throw new Error(`${entity.name}.${field.name} is hidden state of class ${field.privacy.class}: hidden state is class 1 at most.`);
      }
    }
    this.byTable.set(entity.table, entity);
    for (const field of entity.fields) if (field.kind === 'children') this.addChild(entity, field);
    this.byCategory.set(entity.options.category, entity);
  }

  private addChild(entity: EntityDeclaration, field: Field): void {
    const table = field.table!;
    if (this.children.has(table)) throw new Error(`Two entities have children in ${table}: rename one.`);
    this.children.set(table, { table, entity, field, fields: fieldsOf(field.of!()) });
  }

  private addEvent(event: EventDeclaration): void {
    if (this.byType.has(event.type)) throw new Error(`Event type ${event.type} is declared twice: types are frozen, choose another.`);
    const proto = event.event.prototype as { apply?: unknown };
    if (typeof proto.apply !== 'function') throw new Error(`Event ${event.type} has no apply: say how it changes ${entityOf(event.entity).name}.`);
    for (let from = 1; from < event.version; from++) {
      if (!event.upcasters.has(from)) throw new Error(`Event ${event.type} is version ${event.version} without an upcaster from ${from}: add it.`);
    }
    this.byType.set(event.type, event);
    this.byClass.set(event.event, event);
  }

  private addCommand(command: CommandDeclaration): void {
    if (this.byName.has(command.name)) throw new Error(`Two commands are called ${command.name}: names are unique in the product, rename one.`);
    const { permission, internal, anonymous, self } = command.options;
    if (!permission && !internal && !anonymous && !self) throw new Error(`${command.name} says not who may: give it a permission.`);
    this.byName.set(command.name, command);
  }

  private checkRoutes(): void {
    const seen = new Map<string, string>();
    for (const command of this.commands) {
      if (command.options.internal) continue;
      const route = routeOf(command);
      const other = seen.get(route);
      if (other) throw new Error(`${command.name} and ${other} share the route ${route}: rename one, or give one a route of its own.`);
      seen.set(route, command.name);
    }
  }

  private checkStates(entity: EntityDeclaration): void {
    const status = entity.fields.find((field) => field.name === 'status');
    if (!status) return;
    const events = this.events.filter((event) => event.entity === entity.state);
    const reached = new Set(events.flatMap(({ options }) => [...(options.to ? [options.to] : []), ...(options.toOneOf ?? [])]));
    for (const value of status.values ?? []) {
      if (!reached.has(value) && !entity.options.later?.includes(value)) {
        throw new Error(`${entity.name} can never be ${value}: let an event lead to it, or mark it later.`);
      }
    }
  }
}

const kebab = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

/** The verb of a command: its name without the entity's own words, kebab-case (CloseIncident → close). */
export function verbOf(command: CommandDeclaration): string {
  if (command.options.route) return command.options.route;
  const category = entityOf(command.entity).options.category;
  const noun = category[0]!.toUpperCase() + category.slice(1);
  return kebab(command.name.replace(noun, '')) || kebab(command.name);
}

/** Path of an entity's table. */
export const pathOf = (entity: EntityDeclaration): string => `/api/v1/${entity.table.replaceAll('_', '-')}`;

/** `POST` route of a command, `{id}` for the entity's id. */
export function routeOf(command: CommandDeclaration): string {
  const path = pathOf(entityOf(command.entity));
  if (!command.options.creates) return `${path}/{id}/${verbOf(command)}`;
  return command.options.plain ? path : `${path}/${kebab(command.name)}`;
}
