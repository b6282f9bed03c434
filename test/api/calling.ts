import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MANAGER } from './cottages.js';

export type Method = 'GET' | 'POST' | 'PUT';
/** An answer, its body parsed where it is JSON. */
export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown> & { code?: string; errors?: { pointer: string; code: string }[] };
  text: string;
}
type Tail<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
export type CallParameters = Tail<Parameters<typeof callOn>>;

/** Calls a route, as a manager unless another token is given, or none. */
export async function callOn(app: NestFastifyApplication, method: Method, url: string, payload?: unknown, headers: Record<string, string> = {}, token: string | null = MANAGER): Promise<Answer> {
  const answer = await app.inject({
    method,
    url,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(payload === undefined ? {} : { payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload) }),
  });
  const isJson = String(answer.headers['content-type']).includes('json') && !String(answer.headers['content-type']).includes('ndjson');
  return { status: answer.statusCode, headers: answer.headers, text: answer.body, body: (isJson && answer.body ? JSON.parse(answer.body) : {}) as Answer['body'] };
}
