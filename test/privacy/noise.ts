import pg from 'pg';
import type { Caller } from '../support/caller.js';
import type { Installation, RunningProduct } from '../support/product.js';
import { bodyFields, pathFor, personalFields, routedCommands, tableOf } from '../support/speaker.js';
import type { Cast, Person } from '../support/story.js';
import type { Canaries } from './canaries.js';

interface NoiseParts {
  readonly at: Installation;
  readonly product: RunningProduct;
  readonly cast: Cast;
  readonly canaries: Canaries;
  readonly person: Person;
}

const UNKNOWN = '6ba7b810-9dad-41d1-80b4-00c04fd430c8';

/** Words at every door that does not open: refused commands, bad bodies, addresses, headers, sign-ins, and errors of our own. */
export async function noise(parts: NoiseParts): Promise<void> {
  const { cast, canaries: { word }, person } = parts;
  await refusedCommands(parts);
  const { manager } = cast;
  const anyone = manager.as(word());
  for (const path of [
    `/residents/${word()}`, `/residents?firstName=${word()}`, `/residents?q=${word()}`, `/residents?sort=${word()}`, `/residents?cursor=${word()}`,
    `/residents?${word()}=1`, `/${word()}`, `/audit-trail?type=${word()}`, `/audit-trail?actorId=${word()}`, `/residents/${person.residentId}/history?cursor=${word()}`,
  ]) await manager.get(path, { 'user-agent': word(), 'x-correlation-id': word(), 'x-forwarded-for': word(), referer: word() });
  await anyone.get('/residents');
  await anyone.post('/sign-in', { email: `${word()}@spec.example`, password: word() });
  await anyone.post('/sign-in', { email: word(), password: word(), organizationId: word() });
  await anyone.post(`/user-organizations/${cast.ids['user_organizations']}/accept-invitation`, { token: word(), password: word(), firstName: word(), lastName: word() });
  await manager.post(`/residents/${person.residentId}/give-consent`, { purpose: 'research' }, { 'idempotency-key': word() });
  await graphql(parts);
  await defects(parts);
}

/** Every command with words in its fields: of a form that is refused, on what does not exist, and by who may not. */
async function refusedCommands({ cast, canaries }: NoiseParts): Promise<void> {
  const { caller: stranger } = await cast.organisation.member('integration');
  for (const command of routedCommands) {
    const words = Object.fromEntries(personalFields(command).map((field) => [field.name, canaries.word()]));
    const all = Object.fromEntries([...bodyFields(command).map(({ name }) => name), 'unknown'].map((name) => [name, canaries.word()]));
    const path = pathFor(command.name, UNKNOWN);
    const own = command.options.creates ? path : pathFor(command.name, cast.ids[tableOf(command.name)] ?? UNKNOWN);
    for (const [caller, to, body] of [
      [cast.manager, own, { ...words, [canaries.word()]: canaries.word() }],
      [cast.manager, own, all],
      [cast.manager, own, `{"reason": "${canaries.word()}", `],
      [cast.manager, path, words],
      [stranger, own, words],
    ] as const) {
      if (command.options.creates && body === words && caller === cast.manager) continue;
      const answer = await caller.post(to, body, { 'idempotency-key': canaries.word() });
      if (answer.status < 400 || answer.status >= 500) throw new Error(`${command.name} should be refused and was answered ${answer.status}: ${answer.text}`);
    }
  }
}

async function graphql({ cast: { manager }, canaries: { word }, person }: NoiseParts): Promise<void> {
  const documents: [string, object][] = [
    [`{ ${word()} }`, {}],
    [`{ resident(id: "${word()}") { id } }`, {}],
    [`{ residents(filter: { firstName: ["${word()}"] }) { nodes { id } } }`, {}],
    [`query ($id: ID!) { resident(id: $id) { id } } ${word()}`, { id: word() }],
    [`mutation ($input: MarkAtRiskInput!) { markAtRisk(id: "${person.residentId}", input: $input) { id } }`, { input: { reason: word() } }],
    [`mutation ($input: RegisterResidentInput!) { registerResident(input: $input) { id } }`, { input: { firstName: word(), lastName: word(), dateOfBirth: word() } }],
    [`mutation ($input: RegisterResidentInput!) { registerResident(input: $input) { id } }`, { input: { firstName: { word: word() } } }],
  ];
  for (const [query, variables] of documents) {
    const { errors, data } = await manager.graphql(query, variables);
    if (!errors && !JSON.stringify(data).includes('"nodes":[]')) throw new Error(`GraphQL did not refuse ${query}: ${JSON.stringify(data)}`);
  }
}

/** Errors of our own making while words are on their way: what the database says may quote them. */
async function defects({ at, cast: { manager }, canaries, person }: NoiseParts): Promise<void> {
  const admin = new pg.Client({ connectionString: at.databases.adminUrl });
  await admin.connect();
  const fails = async (ask: (caller: Caller) => Promise<{ status: number; text: string }>): Promise<void> => {
    const { status, text } = await ask(manager);
    if (status !== 500) throw new Error(`This should have failed and was answered ${status}: ${text}`);
    if (text.includes(canaries.mark)) throw new Error(`An error quotes what was sent: ${text}`);
  };
  const body = { reason: canaries.word() };
  try {
    await admin.query('revoke select on read.residents from yuthub_app');
    await fails((caller) => caller.get(`/residents?firstName=${canaries.word()}`));
    await admin.query('grant select on read.residents to yuthub_app');
    const { rows: [log] } = await admin.query<{ signature: string }>(`select p.oid::regprocedure::text as signature from pg_proc p where p.proname = 'append_batch'`);
    await admin.query(`revoke execute on function ${log!.signature} from yuthub_app`);
    await fails((caller) => caller.post(`/residents/${person.residentId}/correct-details`, { ...body, firstName: canaries.word() }));
    await admin.query(`grant execute on function ${log!.signature} to yuthub_app`);
  } finally {
    await admin.end();
  }
  const answer = await manager.get(`/residents/${person.residentId}`);
  if (answer.status !== 200) throw new Error(`The product did not recover: ${answer.status}`);
}
