import { isInstant } from '../../kernel/values.js';
import { BadRequest } from '../problems/errors.js';

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads query parameters one by one; each says in its own sentence what is wrong with it. */
export class QueryReader {
  constructor(private readonly query: Query) {}

  /** @throws BadRequest where there are parameters besides these. */
  only(...names: readonly string[]): void {
    const other = Object.keys(this.query).find((name) => !names.includes(name));
    if (other !== undefined) throw new BadRequest(`There is no such parameter. Known are: ${names.join(', ')}.`, 'UNKNOWN', other.slice(0, 60));
  }

  /** One value that satisfies the condition, or nothing. @throws BadRequest with the sentence */
  text(name: string, holds: (value: string) => boolean, sentence: string): string | undefined {
    const value = this.query[name];
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || !holds(value)) throw new BadRequest(sentence, 'VALIDATION', name);
    return value;
  }

  instant(name: string): string | undefined {
    const value = this.text(name, isInstant, `${name} is an instant in UTC, such as 2026-09-02T08:00:00Z.`);
    return value === undefined ? undefined : new Date(value).toISOString();
  }

  integer(name: string, from: number, to: number): number | undefined {
    const value = this.text(name, (text) => /^\d{1,16}$/.test(text) && Number(text) >= from && Number(text) <= to, `${name} is a whole number from ${from} to ${to}.`);
    return value === undefined ? undefined : Number(value);
  }
}
