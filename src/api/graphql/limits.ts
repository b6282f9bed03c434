import { Kind, type DocumentNode, type FragmentDefinitionNode, type FieldNode, type SelectionSetNode } from 'graphql';
import { BadRequest } from '../problems/errors.js';

/** What one request may ask for. A page's query asks for some dozens of fields; these are far above that. */
export const LIMITS = { tokens: 5_000, fields: 600, depth: 10, introspectionDepth: 20, aliases: 60, directives: 40, mutations: 20, rows: 10_000 } as const;
const USUAL_PAGE = 50;
const USUAL_CHILDREN = 10;

/** Names of fields that are lists without `first`: connections, and children. */
export interface ListNames {
  readonly connections: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
}

/**
 * Refuses a document that costs too much, before anything is validated or asked of the database.
 * @param variables `first` may come from them.
 * @throws BadRequest
 */
export function checkLimits(document: DocumentNode, lists: ListNames, variables: Readonly<Record<string, unknown>>): void {
  const fragments = new Map(document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]));
  const cost = new Cost(fragments, lists, variables);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const changes = definition.operation === 'mutation';
    cost.walk(definition.selectionSet, { depth: 1, deepest: LIMITS.depth, factor: 1, changes }, []);
  }
}

/**
 * Whether a document does nothing but call these mutations, each in plain sight: what is asked without a session.
 * @param open names of mutations that need none.
 */
export const isOnly = ({ definitions }: DocumentNode, open: ReadonlySet<string>): boolean =>
  definitions.every(
    (one) =>
      one.kind === Kind.OPERATION_DEFINITION &&
      one.operation === 'mutation' &&
      one.selectionSet.selections.every((selection) => selection.kind === Kind.FIELD && open.has(selection.name.value)),
  );

function refuse(what: string): never {
  throw new BadRequest(`The query asks for too much: ${what}.`, 'QUERY_TOO_COSTLY');
}

interface Place {
  readonly depth: number;
  readonly deepest: number;
  /** How many times this is there, at most. */
  readonly factor: number;
  /** Fields are mutations. */
  readonly changes?: boolean;
}

class Cost {
  private readonly counts = { fields: 0, aliases: 0, directives: 0, mutations: 0, rows: 0 };
  constructor(
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly lists: ListNames,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {}

  walk({ selections }: SelectionSetNode, at: Place, within: readonly string[]): void {
    if (at.depth > at.deepest) refuse(`it is nested deeper than ${at.deepest}`);
    for (const selection of selections) {
      this.count('fields', 1);
      this.count('directives', selection.directives?.length ?? 0);
      if (selection.kind === Kind.FIELD) this.field(selection, at, within);
      else if (selection.kind === Kind.INLINE_FRAGMENT) this.walk(selection.selectionSet, at, within);
      else this.spread(selection.name.value, at, within);
    }
  }

  private field({ name, alias, selectionSet, arguments: given }: FieldNode, at: Place, within: readonly string[]): void {
    if (alias) this.count('aliases', 1);
    if (at.changes) this.count('mutations', 1);
    if (!selectionSet) return;
    const factor = at.factor * this.items(name.value, given);
    this.count('rows', factor);
    const deepest = name.value.startsWith('__') ? LIMITS.introspectionDepth : at.deepest;
    this.walk(selectionSet, { depth: at.depth + 1, deepest, factor }, within);
  }

  private spread(name: string, at: Place, within: readonly string[]): void {
    if (within.includes(name)) refuse('a fragment contains itself');
    const fragment = this.fragments.get(name);
    if (fragment) this.walk(fragment.selectionSet, at, [...within, name]);
  }

  private items(name: string, given: FieldNode['arguments']): number {
    const first = given?.find((one) => one.name.value === 'first')?.value;
    if (first?.kind === Kind.INT) return Math.max(1, Number(first.value));
    if (first?.kind === Kind.VARIABLE) {
      const value = this.variables[first.name.value];
      if (typeof value === 'number') return Math.max(1, value);
    }
    if (this.lists.connections.has(name)) return USUAL_PAGE;
    return this.lists.children.has(name) ? USUAL_CHILDREN : 1;
  }

  private count(what: keyof typeof this.counts, more: number): void {
    this.counts[what] += more;
    if (this.counts[what] > LIMITS[what]) refuse(`more than ${LIMITS[what]} ${what}`);
  }
}
