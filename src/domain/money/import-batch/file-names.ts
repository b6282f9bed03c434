import { isCivilDate } from '../../../kernel/values.js';

/** What a file holds. */
export const ImportKind = { cash: 'cash', housing_benefit: 'housing_benefit', camt053: 'camt053', mt940: 'mt940', core_lettings: 'core_lettings' } as const;
export type ImportKindName = keyof typeof ImportKind;

const DATED: Partial<Record<ImportKindName, RegExp>> = {
  cash: /^CashFile(\d{4})(\d{2})(\d{2})\.dat$/i,
  housing_benefit: /^HousingBenefitFile(\d{4})(\d{2})(\d{2})(?:\.dat)?$/i,
};
/** Banks name their statements as they like, and so does who exports lettings; nothing but a plain name is taken, for it is written down in clear. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whether a name is one of this kind of file: `CashFile20261026.dat`, `HousingBenefitFile20261026.dat`, any plain one of a bank's or of lettings. */
export function isFileName(kind: ImportKindName, name: string): boolean {
  const pattern = DATED[kind];
  return pattern ? fileDateOf(kind, name) !== undefined : PLAIN.test(name);
}

/** The day in a file's name; undefined where the kind has none there, or it is none. */
export function fileDateOf(kind: ImportKindName, name: string): string | undefined {
  const [, year, month, day] = DATED[kind]?.exec(name) ?? [];
  const date = `${year}-${month}-${day}`;
  return isCivilDate(date) ? date : undefined;
}
