/**
 * A body as JSON whatever the order of its names: the same object is the same body, with null for what is absent too.
 * @param nullClears whether null says another thing than nothing, as it does of the facts of a change.
 */
export function canonical(value: unknown, nullClears = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined && (member !== null || nullClears));
  return `{${members.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
