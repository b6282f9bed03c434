import { randomBytes, randomInt } from 'node:crypto';
import type { Field } from '../../src/kernel/fields.js';
import { isNationalInsuranceNumber, isNhsNumber } from '../../src/domain/people/identifiers.js';

/** Words that stand nowhere else, and in the shape that each field demands. */
export class Canaries {
  /** Is in every text of this run, and in nothing else. */
  readonly mark = `cnry${randomBytes(5).toString('hex')}`;
  private count = 0;
  /** What has a shape of its own, and so not the mark in it. */
  readonly shaped: string[] = [];

  /** A new text with the mark. */
  readonly word = (): string => `${this.mark}x${String(++this.count).padStart(4, '0')}x`;

  readonly for = (_command: string, { name, kind, pattern, max, values }: Field): string => {
    if (values) return values[0]!;
    if (kind === 'date') return this.keep(this.date(name));
    if (name === 'nhsNumber') return this.keep(this.matching(() => digits(10), isNhsNumber));
    if (name === 'nationalInsuranceNumber') return this.keep(this.matching(() => `WL${digits(6)}C`, isNationalInsuranceNumber));
    if (name === 'phone') return this.keep(`+4477009${digits(7)}`);
    if (pattern?.test('someone@example.org')) return `${this.word()}@spec.example`;
    if (max !== undefined && max < 40) throw new Error(`${name} has no room for a canary.`);
    return this.word();
  };

  private keep(value: string): string {
    this.shaped.push(value);
    return value;
  }
  private matching(make: () => string, fits: (text: string) => boolean): string {
    for (;;) {
      const made = make();
      if (fits(made)) return made;
    }
  }
  /** A date of birth is that of somebody of 21 or 22 years; of others the day says nothing to anyone. */
  private date(name: string): string {
    const year = name === 'dateOfBirth' ? '2004' : '1987';
    for (;;) {
      const date = `${year}-${String(randomInt(8, 12)).padStart(2, '0')}-${randomInt(11, 28)}`;
      if (!this.shaped.includes(date)) return date;
    }
  }
}

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');
