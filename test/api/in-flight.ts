import { randomUUID } from 'node:crypto';
import type { Answer, Caller } from '../support/caller.js';

/** A request, and what its answer must be like. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  /** From the host on. */
  readonly path: string;
  readonly caller: Caller;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer must be besides what every answer must. @returns what is wrong with it. */
  readonly check?: (answer: Heard) => string | undefined;
  /** For people who read what went wrong. */
  readonly note?: string;
}

export type Heard = Answer<Record<string, unknown> & { code?: string; errors?: { pointer: string; code: string }[]; events?: unknown[]; id?: string }> & { readonly correlationId: string };

const REFUSALS = new Set([400, 401, 403, 404, 405, 409, 410, 412, 413, 414, 415, 422, 431]);
const IN_FLIGHT = 32;

/** Asks everything, many at a time. @returns sentences about answers that are not as they must be. */
export async function askAll(all: readonly Asked[], heard: (asked: Asked, answer: Heard) => void = () => undefined, inFlight = IN_FLIGHT): Promise<string[]> {
  const wrong: string[] = [];
  let next = 0;
  // To think of so much may take long: what the product has closed for idleness meanwhile is heard of before it is used.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
  const worker = async (): Promise<void> => {
    for (let asked = all[next++]; asked; asked = all[next++]) {
      const answer = await ask(asked);
      const problem = answer.status === 0 ? 'had no answer' : (generally(answer) ?? asked.check?.(answer));
      heard(asked, answer);
      if (problem) wrong.push(`${asked.method} ${asked.path.slice(0, 150)} ${asked.note ?? shortened(asked.body)}: ${problem}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return wrong;
}

const shortened = (body: string | Uint8Array | undefined): string => (typeof body === 'string' ? body.slice(0, 200) : '');

async function ask({ method, path, caller, body, headers = {} }: Asked): Promise<Heard> {
  const correlationId = randomUUID();
  try {
    return { ...(await caller.call(method, path, body, { 'x-correlation-id': correlationId, ...headers })), correlationId };
  } catch (error) {
    return { status: 0, headers: new Headers(), text: String(error) + String((error as Error).cause), body: {}, correlationId };
  }
}

/** What every answer must be: an acceptance, or a refusal as a problem that says its code. */
function generally({ status, headers, body }: Heard): string | undefined {
  if (status === 200 || status === 201 || status === 204) return undefined;
  if (!REFUSALS.has(status)) return 'is no answer to what a client sends';
  if (body['errors'] && 'data' in body) return undefined; // GraphQL's own form, looked at by its own check.
  if (!(headers.get('content-type') ?? '').startsWith('application/problem+json')) return 'is no problem+json';
  if (typeof body.code !== 'string' || !/^[A-Z][A-Z0-9_-]*$/.test(body.code) || body['status'] !== status) return 'has no code';
  return undefined;
}

/** That a field was refused, and named. */
export const refusedFor = (pointer: string) => ({ status, body }: Heard): string | undefined => {
  if (status !== 400 && status !== 422) return 'should have been refused as malformed';
  const named = body.errors?.some((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
  return named ? undefined : `does not name ${pointer}`;
};

type GraphqlErrors = readonly { message: string; extensions?: { code?: string; errors?: { pointer: string }[] } }[];
const errorsOf = ({ body }: Heard): GraphqlErrors => (body as unknown as { errors?: GraphqlErrors }).errors ?? [];

/** That GraphQL's errors say codes, and none that the defect is ours. */
export function withoutDefect(answer: Heard): string | undefined {
  const bad = errorsOf(answer).find(({ extensions }) => typeof extensions?.code !== 'string' || extensions.code === 'INTERNAL');
  return bad ? `has an error without a code of the caller's: ${bad.message}` : undefined;
}

/** That GraphQL refused a field, and named it: in a pointer, or in its own words, which say where in the input it was. */
export const refusedByGraphql = (pointer: string) => (answer: Heard): string | undefined => {
  const errors = errorsOf(answer);
  if (errors.length === 0) return 'should have been refused';
  const names = pointer.slice(1).split('/');
  const named = errors.some(({ message, extensions }) => extensions?.errors?.some((one) => one.pointer.startsWith(pointer)) || message.includes(names[0]!) || message.includes(names.at(-1)!));
  return withoutDefect(answer) ?? (named ? undefined : `does not name ${pointer}`);
};
