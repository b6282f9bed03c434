import { Refusal } from '../kernel/rules.js';
import { InvalidInput } from '../kernel/validation.js';
import { Misused, needed, told, wordsOf } from '../platform/command-words.js';
import type { OrganizationFounding } from './organization-founding.js';

const usage = `organization create --name <name> --type <housing_provider|local_authority|charity|private> --owner <e-mail> [--tier <tier>] [--json]
organization invite-owner --id <organisation> --owner <e-mail> [--json]
organization change-plan --id <organisation> --tier <trial|starter|professional|enterprise> [--cycle <monthly|annual>] [--max-residents <number>] [--max-properties <number>]
organization suspend --id <organisation> --reason <reason>
organization reactivate --id <organisation>
`;

const options = {
  name: { type: 'string' },
  type: { type: 'string' },
  owner: { type: 'string' },
  tier: { type: 'string' },
  cycle: { type: 'string' },
  'max-residents': { type: 'string' },
  'max-properties': { type: 'string' },
  id: { type: 'string' },
  reason: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/**
 * `organization create …` and the other things that the operator does.
 * @param argv what follows the word `organization`.
 * @param print takes text with its line breaks.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export function organizationCommand(argv: readonly string[], parts: { readonly founding: OrganizationFounding; readonly print: (text: string) => void }): Promise<number> {
  return told(parts.print, usage, () => run(argv, parts.founding), sentenceOf);
}

async function run(argv: readonly string[], founding: OrganizationFounding): Promise<string> {
  const { task, given } = wordsOf(argv, options);
  const need = (name: string): string => needed(given, name);
  switch (task) {
    case 'create': {
      const founding_ = { name: need('name'), organizationType: need('type'), ownerEmail: need('owner') };
      return shown(await founding.create({ ...founding_, ...(given.tier ? { tier: given.tier } : {}) }), given.json);
    }
    case 'invite-owner':
      return shown(await founding.inviteOwner(need('id'), need('owner')), given.json);
    case 'change-plan': {
      const { cycle, 'max-residents': maxResidents, 'max-properties': maxProperties } = given;
      await founding.changePlan(need('id'), {
        tier: need('tier'),
        ...(cycle ? { cycle } : {}),
        ...(maxResidents ? { maxResidents: Number(maxResidents) } : {}),
        ...(maxProperties ? { maxProperties: Number(maxProperties) } : {}),
      });
      return 'The organisation has this plan from now on.\n';
    }
    case 'suspend':
      await founding.suspend(need('id'), need('reason'));
      return 'The organisation is paused: it can be read and exported, and not changed.\n';
    case 'reactivate':
      await founding.reactivate(need('id'));
      return 'The organisation is active again.\n';
    default:
      throw new Misused(task === undefined ? 'Say what to do.' : `There is no organization ${task}.`);
  }
}

function shown(founded: Awaited<ReturnType<OrganizationFounding['create']>>, json: boolean): string {
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
