import type { Privacy, Scope } from './privacy.js';

/** How a permission is written: `table:verb`, or with a wildcard on either side in a role's patterns. */
export const PERMISSION = /^[a-z][a-z0-9_]*:[a-z][a-z0-9-]*$/;
/** A permission, or the pattern of several: `residents:*`, `*:read`, `*:*`. */
export const PERMISSION_PATTERN = /^(\*|[a-z][a-z0-9_]*):(\*|[a-z][a-z0-9-]*)$/;

/** What of people's data a role is shown; written like a permission, and never included in a wildcard for tables. */
const VISIBILITY = ['personal', 'special', 'sensitive'];
/** Every scope that a visibility code can name. */
export const SCOPES: readonly Scope[] = ['identity', 'contact', 'location', 'health', 'safeguarding', 'finance', 'consentBased', 'statutoryCase'];

const kebab = (name: string): string => name.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
/** The code that lets a role see class 2 (`personal:health`) or class 3 (`special:health`) of a scope. */
export const visibilityCode = (level: 2 | 3, scope: Scope): string => `${level === 2 ? 'personal' : 'special'}:${kebab(scope)}`;
/** The code that lets a role see delicate values of class 1. */
export const SENSITIVE = 'sensitive:read';
/** Every visibility code there is. */
export const visibilityCodes: readonly string[] = [
  SENSITIVE,
  ...([2, 3] as const).flatMap((level) => SCOPES.map((scope) => visibilityCode(level, scope))),
];

/** Whether a code or pattern is about what is shown, and not about what is done. */
export const isVisibility = (code: string): boolean => VISIBILITY.includes(code.slice(0, code.indexOf(':')));

/** What no pattern includes, and is held by its own name alone: erasing a person's data is the data protection officer's. */
const BY_NAME_ALONE: readonly string[] = ['residents:erase'];

/** Every code and pattern that includes a code (or a whole pattern): who has one of them may. */
export function inclusionsOf(code: string): readonly string[] {
  if (BY_NAME_ALONE.includes(code)) return [code];
  const [table, verb] = code.split(':');
  return [code, `${table}:*`, ...(isVisibility(code) ? [] : ['*:*', `*:${verb}`])];
}

/** Whether patterns or codes that somebody has include a code (or a whole pattern). */
export const covers = (held: ReadonlySet<string>, code: string): boolean => inclusionsOf(code).some((one) => held.has(one));

/** What two permissions or patterns both include; undefined where that is nothing. */
function intersection(one: string, other: string): string | undefined {
  if (covers(new Set([one]), other)) return other;
  if (covers(new Set([other]), one)) return one;
  if (isVisibility(one) || isVisibility(other)) return undefined;
  const [[table, verb], [otherTable, otherVerb]] = [one.split(':'), other.split(':')];
  // Neither includes the other: `residents:*` and `*:read` share `residents:read`.
  if (table === '*' && otherVerb === '*') return `${otherTable}:${verb}`;
  return verb === '*' && otherTable === '*' ? `${table}:${otherVerb}` : undefined;
}
/** What somebody may do with a token: what its scopes and the role both include. */
export function restrictedTo(scopes: readonly string[], permissions: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => [...permissions].flatMap((held) => intersection(scope, held) ?? [])));
}

/** Whether somebody with these permissions is shown values of this classification; elsewhere they are masked. */
export function maySeeWith(permissions: ReadonlySet<string>, { class: level, scope, sensitive }: Privacy): boolean {
  if (level < 2) return !sensitive || covers(permissions, SENSITIVE);
  return scope !== undefined && covers(permissions, visibilityCode(level as 2 | 3, scope));
}
