import { randomUUID } from 'node:crypto';

/** An answer of the API. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
  readonly text: string;
}

/** Whatever a row or an acknowledgement holds. */
export type Json = Record<string, unknown> & { id: string };

/** How often ten seconds are waited for what follows from a command. */
const PATIENT_TIMES = 11;

/** Somebody who calls the API over HTTP. */
export class Caller {
  constructor(
    readonly baseUrl: string,
    private readonly token?: string,
  ) {}

  as(token: string): Caller {
    return new Caller(this.baseUrl, token);
  }
  at(baseUrl: string): Caller {
    return new Caller(baseUrl, this.token);
  }

  /** What a request of theirs must have, for those that are no JSON. */
  headers(): Record<string, string> {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        ...this.headers(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /(^|[/+])json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: (json && text !== '' ? JSON.parse(text) : {}) as T };
  }

  get<T = Json>(path: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.call<T>('GET', `/api/v1${path}`, undefined, headers);
  }
  post<T = Json>(path: string, body: unknown = {}, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.call<T>('POST', `/api/v1${path}`, body, headers);
  }

  /** A file as it comes, byte by byte. */
  async file(path: string): Promise<{ readonly headers: Headers; readonly bytes: Buffer }> {
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  }

  /**
   * Sends a command that must be accepted, and waits for the read tables and the consequences: where a busy machine needs
   * longer for them than the product lets anybody wait, it is sent again under its key. @returns the acknowledgement.
   */
  async did(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Json> {
    const asked = { prefer: 'wait=10', 'idempotency-key': randomUUID(), ...headers };
    let known: object = {};
    for (let times = 0; times < PATIENT_TIMES; times++) {
      const answer = await this.post<Json>(path, body, asked);
      // What asks the read tables waits for them, too.
      if (answer.body['code'] === 'NOT_YET') continue;
      if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.text}`);
      // A secret is shown by the first answer only.
      const told = { ...known, ...answer.body };
      if (answer.headers.get('preference-applied') !== null) return told;
      known = told;
    }
    throw new Error(`POST ${path}: the read tables do not follow.`);
  }

  /** A row that must be there, also where it is not there yet for whom `?after=` names a position. */
  async row(path: string): Promise<Json> {
    const answer = await this.get<Json>(path);
    if (answer.body['code'] === 'NOT_YET') return this.row(path);
    if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  async rows(path: string): Promise<Json[]> {
    return ((await this.row(path)) as unknown as { items: Json[] }).items;
  }

  async graphql<T = Record<string, unknown>>(
    query: string,
    variables: object = {},
    headers: Record<string, string> = {},
  ): Promise<{ data: T; errors?: { message: string; path?: string[]; extensions?: Record<string, unknown> }[] }> {
    const answer = await this.call('POST', '/graphql', { query, variables }, headers);
    return answer.body as never;
  }
}
