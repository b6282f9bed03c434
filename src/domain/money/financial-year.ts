/** The financial year of a day, which begins on 1 April: `2026/27`. */
export function financialYearOf(date: string): string {
  const year = Number(date.slice(0, 4)) - (date.slice(5) < '04-01' ? 1 : 0);
  return `${year}/${String((year + 1) % 100).padStart(2, '0')}`;
}
/** The day on which a financial year begins; undefined where that is none. */
export function startOfFinancialYear(year: string): string | undefined {
  const from = /^(20\d{2})\/\d{2}$/.exec(year)?.[1];
  const start = `${from}-04-01`;
  return from && financialYearOf(start) === year ? start : undefined;
}
