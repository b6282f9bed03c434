/** How a permission is written: `table:verb`, or with a wildcard on either side in a role's patterns. */
export const PERMISSION = /^[a-z][a-z0-9_]*:[a-z][a-z0-9-]*$/;

/** Whether patterns or codes that somebody has include a code (or a whole pattern). */
export function covers(held: ReadonlySet<string>, code: string): boolean {
  if (held.has(code) || held.has('*:*')) return true;
  const [table, verb] = code.split(':');
  return held.has(`${table}:*`) || held.has(`*:${verb}`);
}
