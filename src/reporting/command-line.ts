import { parseArgs } from 'node:util';
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

/** What is missing or unknown on the command line. */
class Misused extends Error {}

/**
 * `reporting-user create | list | remove`.
 * @param argv what follows the word `reporting-user`.
 * @param print takes text with its line breaks.
 * @returns the exit code: 0 done, 1 refused, 2 not understood.
 */
export async function reportingUserCommand(argv: readonly string[], parts: { readonly users: ReportingUsers; readonly print: (text: string) => void }): Promise<number> {
  try {
    parts.print(await run(argv, parts.users));
    return 0;
  } catch (error) {
    if (error instanceof Misused) {
      parts.print(`${error.message}\n\n${REPORTING_USAGE}`);
      return 2;
    }
    if (!(error instanceof ReportingRefused)) throw error;
    parts.print(`${error.message}\n`);
    return 1;
  }
}

async function run(argv: readonly string[], users: ReportingUsers): Promise<string> {
  const { task, given } = read(argv);
  const needed = (name: 'organization' | 'login'): string => {
    const value = given[name];
    if (!value) throw new Misused(`--${name} is missing.`);
    return value;
  };
  switch (task) {
    case 'create': {
      const made = await users.create(needed('organization'), given.name ?? 'reports');
      return given.json ? `${JSON.stringify(made)}\n` : toldOnce(made);
    }
    case 'list': {
      const all = await users.list(given.organization);
      if (given.json) return `${JSON.stringify(all)}\n`;
      if (all.length === 0) return 'There are no reporting logins.\n';
      return all.map(({ login, organizationId, name, createdAt }) => `${login} · organisation ${organizationId} · ${name} · since ${createdAt}\n`).join('');
    }
    case 'remove': {
      const login = needed('login');
      await users.remove(login);
      return `${login} is gone.\n`;
    }
    default:
      throw new Misused(task === undefined ? 'Say what to do.' : `There is no reporting-user ${task}.`);
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

function toldOnce({ login, password, connectionString, organizationId }: NewReportingUser): string {
  return `Login ${login} for organisation ${organizationId}
Its password, shown once: ${password}
  ${connectionString}
It reads the views of the schema reporting (docs/read-tables.md); personal values are null there.
`;
}
