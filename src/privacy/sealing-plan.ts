import { entityOf } from '../kernel/entity.js';
import type { EventDeclaration } from '../kernel/event.js';
import { fieldsOf, type Field } from '../kernel/fields.js';
import type { Scope } from '../kernel/privacy.js';

/** A field whose values are sealed. */
export interface SealedField {
  readonly field: Field;
  readonly scope: Scope;
  readonly privacyClass: 2 | 3;
}

/** How the fields of an object are sealed: worked out once for each declared event. */
export interface SealingPlan {
  readonly sealed: ReadonlyMap<string, SealedField>;
  /** Groups and children that are clear themselves and have sealed fields inside. */
  readonly nested: ReadonlyMap<string, SealingPlan>;
  /** Names of fields that stay clear as they are. */
  readonly clear: ReadonlySet<string>;
  /** All names that a stored object may carry, blind indexes included. */
  readonly names: readonly string[];
  readonly required: ReadonlySet<string>;
  /** Whether anything is sealed here or inside. */
  readonly personal: boolean;
}

/** Name of the class 2 field beside a `blind` one. */
export const indexName = (field: string): string => `${field}Index`;

/** @throws Error with a sentence on a declaration that cannot be sealed. */
export function planOf(declaration: EventDeclaration): SealingPlan {
  const plan = planFor(declaration.fields, declaration.type);
  return { ...plan, names: [...plan.names, 'reference'] };
}

/** The field of the event, or of the entity's state, that names the data subject where a field does not. */
export const subjectFieldOf = (declaration: EventDeclaration): string | undefined =>
  entityOf(declaration.entity).options.subject;

function planFor(fields: readonly Field[], where: string): SealingPlan {
  const sealed = new Map<string, SealedField>();
  const nested = new Map<string, SealingPlan>();
  const clear = new Set<string>();
  const names: string[] = [];
  for (const field of fields) {
    names.push(field.name);
    const { class: privacyClass, scope } = field.privacy;
    const inner = field.of && innerPlan(field, `${where}.${field.name}`);
    if (privacyClass >= 2) {
      if (!scope) throw new Error(`${where}.${field.name} is personal without a scope: use personal(…) or special(…).`);
      if (inner && strictest(inner) > privacyClass) {
        throw new Error(
          `${where}.${field.name} is sealed as class ${privacyClass} and holds a field of class 3: make it special(…).`,
        );
      }
      sealed.set(field.name, { field, scope, privacyClass: privacyClass as 2 | 3 });
      if (field.blind) names.push(indexName(field.name));
    } else if (inner?.personal) nested.set(field.name, inner);
    else clear.add(field.name);
  }
  const required = new Set(fields.filter(({ optional }) => !optional).map(({ name }) => name));
  return { sealed, nested, clear, names, required, personal: sealed.size > 0 || nested.size > 0 };
}

/** A child has an id of its own that nobody declares. */
function innerPlan(field: Field, where: string): SealingPlan {
  const plan = planFor(fieldsOf(field.of!()), where);
  return field.kind === 'children' ? { ...plan, clear: new Set([...plan.clear, 'id']) } : plan;
}

const strictest = ({ sealed, nested }: SealingPlan): number =>
  Math.max(0, ...[...sealed.values()].map(({ privacyClass }) => privacyClass), ...[...nested.values()].map(strictest));
