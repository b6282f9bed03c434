import { Misused, needed, told, wordsOf } from '../platform/command-words.js';
import { ReportingRefused, type NewReportingUser, type ReportingUsers } from './reporting-users.js';

export const REPORTING_USAGE = `reporting-user create --organization <id> [--name <what it is for>] [--json]
reporting-user list [--organization <id>] [--json]
reporting-user remove --login <login>

A login of PostgreSQL for reports: it reads the views of the schema "reporting", one organisation's rows,
without personal values (docs/read-tables.md).
`;

const options = {
  organization: { type: 'string' },
  name: { type: 'string' },
  login: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/**
 * `reporting-user create | list | remove`.
 * @param argv what follows the word `reporting-user`.
 * @param print takes text with its line breaks.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export function reportingUserCommand(argv: readonly string[], parts: { readonly users: ReportingUsers; readonly print: (text: string) => void }): Promise<number> {
  return told(parts.print, REPORTING_USAGE, () => run(argv, parts.users), (error) => (error instanceof ReportingRefused ? error.message : undefined));
}

async function run(argv: readonly string[], users: ReportingUsers): Promise<string> {
  const { task, given } = wordsOf(argv, options);
  const need = (name: string): string => needed(given, name);
  switch (task) {
    case 'create': {
      const made = await users.create(need('organization'), given.name ?? 'reports');
      return given.json ? `${JSON.stringify(made)}\n` : toldOnce(made);
    }
    case 'list': {
      const all = await users.list(given.organization);
      if (given.json) return `${JSON.stringify(all)}\n`;
      if (all.length === 0) return 'There are no reporting logins.\n';
      return all.map(({ login, organizationId, name, createdAt }) => `${login} · organisation ${organizationId} · ${name} · since ${createdAt}\n`).join('');
    }
    case 'remove': {
      const login = need('login');
      await users.remove(login);
      return `${login} is gone.\n`;
    }
    default:
      throw new Misused(task === undefined ? 'Say what to do.' : `There is no reporting-user ${task}.`);
  }
}

function toldOnce({ login, password, connectionString, organizationId }: NewReportingUser): string {
  return `Login ${login} for organisation ${organizationId}
Its password, shown once: ${password}
  ${connectionString}
It reads the views of the schema reporting (docs/read-tables.md); personal values are null there.
`;
}
