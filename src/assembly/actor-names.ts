import { uuidOf } from '../kernel/values.js';
import type { Process } from '../processes/engine/process.js';

/** What acts beside the process managers: the operator's command line, sign-ins that lock, recovery of claims, the demo, imports, e-mail. */
const OTHERS = ['operator', 'sign-in', 'claim-recovery', 'demo', 'import', 'mail'];

/** Names of users, and of what acts by itself, by their ids. */
export function actorNames(
  processes: readonly Pick<Process, 'name'>[],
  users: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): (ids: readonly string[]) => Promise<ReadonlyMap<string, string>> {
  const known = new Map([...processes.map(({ name }) => name), ...OTHERS].map((name) => [uuidOf('process', name), name]));
  return async (ids) => {
    const named = new Map(await users(ids.filter((id) => !known.has(id))));
    for (const id of ids) if (known.has(id)) named.set(id, known.get(id)!);
    return named;
  };
}
