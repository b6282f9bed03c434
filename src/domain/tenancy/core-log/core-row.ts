import { isCivilDate, roundHalfUp } from '../../../kernel/values.js';
import { penceIn } from './answer-form.js';

/** Name of an answer: `field` and the number of the question. */
export type CoreFieldName = `field${number}`;
/** Answers as the return writes them; what is not answered is absent or empty. */
export interface CoreValues {
  [field: CoreFieldName]: string | null | undefined;
}
export const nameOf = (field: number): CoreFieldName => `field${field}`;

/** Weeks in the year for which a charge of each period is due. */
const WEEKS_OF_PERIOD: Readonly<Record<string, number>> = {
  1: 52, 2: 26, 3: 13, 4: 12, 5: 50, 6: 49, 7: 48, 8: 47, 9: 46, 10: 53, 11: 51,
};
/** First fields of persons 2 to 8: age, partner, sex, gender the same, gender, working situation. */
export const PERSONS: readonly number[] = [48, 54, 60, 66, 72, 78, 84];
/** Fields of the four charges: rent, service, personal service, support. */
export const CHARGES = [142, 143, 144, 145] as const;

/** What is answered of one letting, asked by the numbers of the questions. */
export class CoreRow {
  constructor(private readonly values: CoreValues) {}

  text(field: number): string {
    return this.values[nameOf(field)] ?? '';
  }
  isBlank(field: number): boolean {
    return this.text(field) === '';
  }
  /** Whether the answer is one of these codes. */
  is(field: number, ...some: readonly (number | string)[]): boolean {
    return some.some((code) => String(code) === this.text(field));
  }
  /** The whole number that is answered; undefined for none and for words. */
  whole(field: number): number | undefined {
    return /^\d+$/.test(this.text(field)) ? Number(this.text(field)) : undefined;
  }
  /** The amount that is answered, in pence. */
  pence(field: number): number | undefined {
    return penceIn(this.text(field));
  }
  /** The date of three fields, the year with two digits or four; undefined where it is not whole, `unreal` where there is no such day. */
  date(day: number, month = day + 1, year = day + 2): string | 'unreal' | undefined {
    const [d, m, y] = [this.whole(day), this.whole(month), this.whole(year)];
    if (d === undefined || m === undefined || y === undefined) return undefined;
    const text = [String(y < 100 ? 2000 + y : y), String(m).padStart(2, '0'), String(d).padStart(2, '0')].join('-');
    return isCivilDate(text) ? text : 'unreal';
  }
  /** The same, where there is such a day. */
  day(field: number): string | undefined {
    const date = this.date(field);
    return date === 'unreal' ? undefined : date;
  }

  get isSupported(): boolean {
    return this.is(4, 2);
  }
  get isRenewal(): boolean {
    return this.is(7, 1);
  }
  get isFirstLet(): boolean {
    return this.is(16, 15, 16, 17);
  }
  /** Whether rent or anything else is to be paid; of general needs it always is. */
  get isCharged(): boolean {
    return !(this.isSupported && this.is(140, 1));
  }
  get hasHousingBenefit(): boolean {
    return this.is(138, 1, 6);
  }
  get isInternalTransfer(): boolean {
    return this.is(131, 2) || (this.is(132, 6) && this.is(133, 3)) || (this.is(132, 7) && this.is(133, 5));
  }

  /** Whether anything is told of the person whose fields begin here; a working situation alone is nothing. */
  hasPerson(first: number): boolean {
    return [0, 1, 2, 3, 4].some((offset) => !this.isBlank(first + offset));
  }
  /** Ages and working situations of the household, the lead tenant first. */
  household(): { readonly age: number; readonly sex: number; readonly sameGender: number; readonly work: number; readonly partner?: number }[] {
    const others = PERSONS.filter((first) => this.hasPerson(first));
    return [
      { age: 41, sex: 42, sameGender: 43, work: 47 },
      ...others.map((first) => ({ age: first, partner: first + 1, sex: first + 2, sameGender: first + 3, work: first + 5 })),
    ];
  }

  /** Sum of the charges in pence, where all four are given. */
  get totalPence(): number | undefined {
    const charges = CHARGES.map((field) => this.pence(field));
    return charges.every((one) => one !== undefined) ? charges.reduce((sum, one) => sum + one, 0) : undefined;
  }
  /** What an amount a period comes to a week, half up. */
  weekly(pence: number | undefined): number | undefined {
    const weeks = WEEKS_OF_PERIOD[this.text(141)];
    return pence === undefined || weeks === undefined ? undefined : roundHalfUp(pence, weeks, 52);
  }
}
