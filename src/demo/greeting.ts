import type { Configuration } from '../platform/configuration.js';
import { keptPassword, passwordFile } from './password.js';
import { DEMO_PEOPLE } from './people.js';

/** What whoever started the product wants to know. */
export function greeting(configuration: Configuration, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return '';
  const addresses = DEMO_PEOPLE.map(({ email }) => email).join(', ');
  const password = configuration.demoPassword ?? keptPassword(configuration);
  return [
    '',
    `  API documentation   ${baseUrl}/api/docs`,
    `  OpenAPI 3.1         ${baseUrl}/api/openapi.json`,
    `  GraphQL             ${baseUrl}/graphql (POST)`,
    `  health, metrics     ${baseUrl}/health/ready, ${baseUrl}/metrics`,
    `  demo sign-ins       ${addresses}`,
    `  their password      ${password ?? `in ${passwordFile(configuration)}, once a worker has made them there`}`,
    '',
    '  Ctrl-C stops it; the next start finds its data again.',
    '',
    '',
  ].join('\n');
}
