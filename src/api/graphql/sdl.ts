import type { Catalogue } from '../../kernel/catalogue.js';
import type { CommandDeclaration } from '../../kernel/command.js';
import { fieldsOf, type ClassOf, type Field } from '../../kernel/fields.js';
import { operationOf, routedCommands } from '../commands/command-controllers.js';
import type { HandWritten, HandWrittenCommand } from '../parts.js';
import type { ShownColumn, ShownTable } from '../rows/tables.js';

/** A related row, or a list of them, that a type shows beside its own columns. */
export interface Relation {
  /** Name of the field: `resident`, `emergencyContacts`. */
  readonly name: string;
  readonly table: ShownTable;
  /** Column of the own row with the related row's id; absent where it is a list of children. */
  readonly column?: string;
}

/** The rows that a table's rows lead to: what their ids refer to, and their children. */
export function relationsOf(table: ShownTable, tables: readonly ShownTable[]): Relation[] {
  const taken = new Set(table.columns.map(({ name }) => name));
  const found: Relation[] = [];
  const add = (relation: Relation): void => {
    if (taken.has(relation.name)) return;
    taken.add(relation.name);
    found.push(relation);
  };
  for (const { name, field } of table.columns) {
    const referred = field?.kind === 'ref' ? tables.find((one) => one.table === field.table) : undefined;
    if (referred && name.endsWith('Id')) add({ name: name.slice(0, -2), table: referred, column: name });
  }
  for (const child of tables) if (child.parent && child.parent.table === table.table) add({ name: child.parent.field, table: child });
  return found;
}

const SCALARS = `
"Integer pence."
scalar Pence
"RFC 3339, UTC, with Z."
scalar Instant
"YYYY-MM-DD, London."
scalar CivilDate
"A whole number that may be larger than Int."
scalar Long
"Any JSON."
scalar JSON

type RecordedEvent { type: String! revision: Int! }
"What a command is answered with."
type Acknowledgement {
  id: ID!
  reference: String
  revision: Int!
  "For ?after= of a later read."
  position: Long!
  events: [RecordedEvent!]!
  "It had been recorded before, under the same idempotencyKey."
  replayed: Boolean!
  "The read tables contain it and what followed; asked for by the header Prefer: wait."
  waited: Boolean!
  parked: [String!]!
  "Secrets that are shown once."
  revealed: JSON
}
type PageInfo { hasNextPage: Boolean! endCursor: String }
`;

/** The definitions, each by its name; a name that two things want refuses to boot. */
class Definitions {
  private readonly known = new Map<string, string>();

  add(name: string, definition: string): string {
    const other = this.known.get(name);
    if (other !== undefined && other !== definition) throw new Error(`Two different things are called ${name} in GraphQL: rename one.`);
    this.known.set(name, definition);
    return name;
  }
  text(): string {
    return [...this.known.values()].join('\n');
  }
}

/** A command that is a mutation, and the fields of its input. */
export interface MutationCommand {
  readonly declaration: CommandDeclaration;
  readonly fields: readonly Field[];
  /** What it does, where that is written by hand. */
  readonly handWritten?: HandWrittenCommand;
}

/** The schema as SDL: what can be read, and a mutation for each of these commands. */
export function schemaText(tables: readonly ShownTable[], commands: readonly MutationCommand[]): string {
  const definitions = new Definitions();
  const queries = tables.flatMap((table) => queriesOf(table, tables, definitions));
  const mutations = commands.map((command) => mutationOf(command, definitions));
  const names = [...tables.flatMap(({ one, many }) => [one, many])];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`Two queries are called ${twice}: rename a table.`);
  const mutation = mutations.length > 0 ? `type Mutation {\n${mutations.join('\n')}\n}` : '';
  return `${SCALARS}${definitions.text()}\ntype Query {\n${queries.join('\n')}\n}\n${mutation}`;
}

/** Commands that are mutations: all that have a route. @throws Error where one's route is written by hand and its mutation is not. */
export const mutationsOf = (catalogue: Catalogue, { commands, mutations = {} }: Pick<HandWritten, 'commands' | 'mutations'>): MutationCommand[] =>
  routedCommands(catalogue).map((declaration): MutationCommand => {
    const { name, fields } = declaration;
    if (!Object.hasOwn(commands, name)) return { declaration, fields };
    const handWritten = mutations[name];
    if (!handWritten) throw new Error(`The route of ${name} is written by hand, and nothing says what its mutation does: add it to \`mutations\`.`);
    const body = commands[name];
    return { declaration, fields: body ? fieldsOf(body) : fields, handWritten };
  });

const described = (doc: string): string => `${JSON.stringify(doc)}\n`;

function queriesOf(table: ShownTable, tables: readonly ShownTable[], definitions: Definitions): string[] {
  const { type, one, many, columns, doc } = table;
  const own = columns.map((column) => `${described(column.doc)}${column.name}: ${outputType(column, definitions)}${column.name === 'id' ? '!' : ''}`);
  const related = relationsOf(table, tables).map(({ name, table: other, column }) => `${name}: ${column === undefined ? `[${other.type}!]` : other.type}`);
  definitions.add(type, `${described(doc)}type ${type} {\n${[...own, ...related].join('\n')}\n"Fields that your role does not see."\nmasked: [String!]\n}`);
  definitions.add(`${type}Edge`, `type ${type}Edge { node: ${type}! cursor: String }`);
  definitions.add(`${type}Connection`, `type ${type}Connection { nodes: [${type}!]! edges: [${type}Edge!]! pageInfo: PageInfo! }`);
  const filters = [...columns.filter(({ filterable }) => filterable).flatMap(filterFields), ...(table.searchable ? ['"Search in names and titles."\nq: String'] : [])];
  if (filters.length > 0) definitions.add(`${type}Filter`, `"A list means any of several."\ninput ${type}Filter {\n${filters.join('\n')}\n}`);
  const filter = filters.length > 0 ? `filter: ${type}Filter, ` : '';
  return [`${described(doc)}${one}(id: ID!): ${type}`, `${many}(${filter}sort: [String!], first: Int, after: String): ${type}Connection!`];
}

function outputType({ type, field, name }: ShownColumn, definitions: Definitions): string {
  return field?.of ? groupOrList(field, definitions) : scalarOf(type, name, field);
}

function groupOrList(field: Field, definitions: Definitions): string {
  const group = groupType(field.of!(), definitions);
  return field.kind === 'list' ? `[${group}!]` : group;
}

function scalarOf(type: string, name: string, field?: Field): string {
  if (type === 'uuid') return 'ID';
  if (type === 'date') return 'CivilDate';
  if (type === 'timestamptz') return 'Instant';
  if (type === 'boolean') return 'Boolean';
  if (type === 'text[]') return '[String!]';
  if (type.startsWith('numeric')) return 'Float';
  if (field?.kind === 'pence' || (type === 'bigint' && name.endsWith('Pence'))) return 'Pence';
  if (type === 'integer' || type === 'smallint' || field?.kind === 'int') return 'Int';
  if (type === 'bigint') return 'Long';
  return type === 'jsonb' ? outputOfSealed(field) : 'String';
}

/** A column of class 3 is an envelope whatever is in it; what is shown is the value. */
function outputOfSealed(field: Field | undefined): string {
  if (!field) return 'JSON';
  if (field.kind === 'text' || field.kind === 'choice') return 'String';
  return field.kind === 'list' ? '[String!]' : 'JSON';
}

function groupType(group: ClassOf, definitions: Definitions): string {
  const fields = fieldsOf(group).map((field) => `${field.name}: ${field.of ? groupOrList(field, definitions) : plainType(field)}`);
  return definitions.add(group.name, `type ${group.name} {\n${fields.join('\n')}\n}`);
}

const PLAIN: Readonly<Partial<Record<Field['kind'], string>>> = { ref: 'ID', instant: 'Instant', date: 'CivilDate', pence: 'Pence', int: 'Int', decimal: 'Float', flag: 'Boolean', list: '[String!]' };
const plainType = ({ kind }: Field): string => PLAIN[kind] ?? 'String';

const ORDERED = new Set(['date', 'timestamptz', 'bigint', 'integer', 'smallint']);

/** `status: ["open"]`, `occurredAt_gte: "…"`: the filters of REST, whose brackets GraphQL does not know. */
function filterFields(column: ShownColumn): string[] {
  const { name, type, field, privacy } = column;
  const scalar = type === 'text[]' || type === 'jsonb' ? 'String' : scalarOf(type, name, field);
  // What is sealed is found by its exact value alone.
  const unequal = privacy === 3 ? [] : ['ne'];
  const operators = ORDERED.has(type) || type.startsWith('numeric') ? ['gte', 'gt', 'lte', 'lt', ...unequal] : unequal;
  return [`${name}: [${scalar}!]`, ...operators.map((operator) => `${name}_${operator}: ${scalar}`), `${name}_null: Boolean`];
}

/** Its answer may be null, so that one that is refused does not take from the answer those that were recorded before it. */
function mutationOf({ declaration: command, fields: all }: MutationCommand, definitions: Definitions): string {
  const fields = all.filter(({ kind }) => kind !== 'hidden');
  const required = fields.some(({ optional }) => !optional);
  const input = fields.length > 0 ? [`input: ${inputType(`${command.name}Input`, fields, definitions)}${required ? '!' : ''}`] : [];
  const target = command.options.creates ? [] : ['id: ID!'];
  const revision = command.options.creates ? [] : ['expectedRevision: Int'];
  return `${described(command.options.doc)}${operationOf(command)}(${[...target, ...input, ...revision, 'idempotencyKey: String'].join(', ')}): Acknowledgement`;
}

function inputType(name: string, fields: readonly Field[], definitions: Definitions): string {
  const lines = fields.map((field) => `${field.doc ? described(field.doc) : ''}${field.name}: ${inputOf(field, definitions)}${field.optional ? '' : '!'}`);
  return definitions.add(name, `input ${name} {\n${lines.join('\n')}\n}`);
}

function inputOf(field: Field, definitions: Definitions): string {
  if (field.of) {
    const group = inputType(`${field.of().name}Input`, fieldsOf(field.of()), definitions);
    return field.kind === 'group' ? group : `[${group}!]`;
  }
  const choice = enumOf(field, definitions);
  if (field.kind === 'list') return `[${choice ?? 'String'}!]`;
  return choice ?? plainType(field);
}

/** A closed set as an enum, where GraphQL allows its values. */
function enumOf({ enumName, values }: Field, definitions: Definitions): string | undefined {
  if (!enumName || !values?.every((value) => /^[a-z][a-z0-9_]*$/.test(value) && !['true', 'false', 'null'].includes(value))) return undefined;
  return definitions.add(enumName, `enum ${enumName} { ${values.join(' ')} }`);
}
