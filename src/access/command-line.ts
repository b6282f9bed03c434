import { parseArgs } from 'node:util';
import { Refusal } from '../kernel/rules.js';
import { InvalidInput } from '../kernel/validation.js';
import type { OrganizationFounding } from './organization-founding.js';

const usage = `organization create --name <name> --type <housing_provider|local_authority|charity|private> --owner <e-mail> [--tier <tier>] [--json]
organization invite-owner --id <organisation> --owner <e-mail> [--json]
organization suspend --id <organisation> --reason <reason>
organization reactivate --id <organisation>
`;

const options = {
  name: { type: 'string' },
  type: { type: 'string' },
  owner: { type: 'string' },
  tier: { type: 'string' },
  id: { type: 'string' },
  reason: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** What is missing or unknown on the command line. */
class Misused extends Error {}

/**
 * `organization create …` and the other things that the operator does.
 * @param argv what follows the word `organization`.
 * @param print takes text with its line breaks.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export async function organizationCommand(argv: readonly string[], parts: { readonly founding: OrganizationFounding; readonly print: (text: string) => void }): Promise<number> {
  try {
    parts.print(await run(argv, parts.founding));
    return 0;
  } catch (error) {
    if (error instanceof Misused) {
      parts.print(`${error.message}\n\n${usage}`);
      return 2;
    }
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    parts.print(`${sentence}\n`);
    return 1;
  }
}

async function run(argv: readonly string[], founding: OrganizationFounding): Promise<string> {
  const { task, given } = read(argv);
  const needed = (name: 'name' | 'type' | 'owner' | 'id' | 'reason'): string => {
    const value = given[name];
    if (!value) throw new Misused(`--${name} is missing.`);
    return value;
  };
  switch (task) {
    case 'create': {
      const founding_ = { name: needed('name'), organizationType: needed('type'), ownerEmail: needed('owner') };
      return told(await founding.create({ ...founding_, ...(given.tier ? { tier: given.tier } : {}) }), given.json);
    }
    case 'invite-owner':
      return told(await founding.inviteOwner(needed('id'), needed('owner')), given.json);
    case 'suspend':
      await founding.suspend(needed('id'), needed('reason'));
      return 'The organisation is paused: it can be read and exported, and not changed.\n';
    case 'reactivate':
      await founding.reactivate(needed('id'));
      return 'The organisation is active again.\n';
    default:
      throw new Misused(task === undefined ? 'Say what to do.' : `There is no organization ${task}.`);
  }
}

function read(argv: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({ args: [...argv], options, allowPositionals: true });
    return { task: positionals[0], given: values };
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : String(error));
  }
}

function told(founded: Awaited<ReturnType<OrganizationFounding['create']>>, json: boolean): string {
  if (json) return `${JSON.stringify(founded)}\n`;
  const { organizationId, membershipId, token } = founded;
  return `Organisation ${organizationId}
The owner’s invitation, shown once and good for seven days:
  POST /api/v1/user-organizations/${membershipId}/accept-invitation
  { "token": "${token}", "firstName": "…", "lastName": "…", "password": "…" }
`;
}

/** What a person reads of an error that is theirs to mend. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.sentence;
  if (!(error instanceof InvalidInput)) return undefined;
  return error.problems.map(({ pointer, message }) => `${pointer.slice(1)}: ${message}`).join('\n');
}
