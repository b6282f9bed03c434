import type { State } from '../kernel/entity.js';
import { fieldsOf, type Field } from '../kernel/fields.js';
import type { Privacy } from '../kernel/privacy.js';
import { Sealed } from '../kernel/sealed.js';

/** A field that an event changed, before and after, values still sealed. Children are named `people.<id>.role`. */
export interface FieldChange {
  readonly field: string;
  readonly privacy: Privacy;
  readonly before: unknown;
  readonly after: unknown;
}

/** What every state has besides its declared fields. */
const REFERENCE: Pick<Field, 'name' | 'privacy'> = { name: 'reference', privacy: { class: 0 } };

/** The same value, or the same sealed value: what is sealed is compared by where it was sealed. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (a instanceof Sealed && b instanceof Sealed) return a.bundle.ct === b.bundle.ct && a.field === b.field;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || a instanceof Sealed || b instanceof Sealed) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => sameValue(one[key], other[key]));
}

/**
 * The fields that differ between two states of an entity: what history shows. Nothing stores this: it is the fold that
 * commands use, seen one event at a time.
 * @param before undefined where the entity did not exist.
 */
export function changesBetween(fields: readonly Field[], before: State | undefined, after: State): FieldChange[] {
  const one = (before ?? {}) as Record<string, unknown>;
  const other = after as unknown as Record<string, unknown>;
  const changes: FieldChange[] = [];
  note(changes, REFERENCE, one['reference'], other['reference']);
  const names = changedNames(one, other);
  for (const field of fields) {
    if (names && !names.includes(field.name)) continue;
    const from = one[field.name];
    const to = other[field.name];
    if (from === to || field.kind === 'hidden') continue;
    if (field.kind === 'children') changes.push(...childChanges(field.name, fieldsOf(field.of!()), from, to));
    else note(changes, field, from, to);
  }
  return changes;
}

/**
 * Names of what is not the same object or value any more; undefined where the later state is not the earlier one's copy. Of
 * most fields nothing changes: to look each up by its name, in both states at each event, is dear.
 */
function changedNames(one: object, other: object): string[] | undefined {
  const names = Object.keys(other);
  if (Object.keys(one).some((name, index) => name !== names[index])) return undefined;
  const before: readonly unknown[] = Object.values(one);
  const after: readonly unknown[] = Object.values(other);
  return names.filter((_, index) => before[index] !== after[index]);
}

function note(changes: FieldChange[], { name, privacy }: Pick<Field, 'name' | 'privacy'>, from: unknown, to: unknown): void {
  if (!sameValue(from, to)) changes.push({ field: name, privacy, before: from ?? null, after: to ?? null });
}

type Child = Readonly<Record<string, unknown>>;

/** Only children that differ are looked at: what did not change is the same object in the same place. */
function childChanges(name: string, fields: readonly Field[], before: unknown, after: unknown): FieldChange[] {
  const [one, other] = differing((before ?? []) as readonly Child[], (after ?? []) as readonly Child[]);
  const changes: FieldChange[] = [];
  for (const id of new Set([...one.keys(), ...other.keys()])) {
    const [from, to] = [one.get(id), other.get(id)];
    if (from === to) continue;
    for (const field of fields) {
      const [old, now] = [from?.[field.name], to?.[field.name]];
      if (old === now || field.kind === 'hidden' || sameValue(old, now)) continue;
      changes.push({ field: `${name}.${id}.${field.name}`, privacy: field.privacy, before: old ?? null, after: now ?? null });
    }
  }
  return changes;
}

function differing(before: readonly Child[], after: readonly Child[]): [Map<string, Child>, Map<string, Child>] {
  const [one, other] = [new Map<string, Child>(), new Map<string, Child>()];
  for (let at = 0; at < Math.max(before.length, after.length); at++) {
    const [from, to] = [before[at], after[at]];
    if (from === to) continue;
    if (from) one.set(String(from['id']), from);
    if (to) other.set(String(to['id']), to);
  }
  return [one, other];
}
