import { rule } from '../kernel/rules.js';

/** A day on which something has happened; today where none is given. @throws Refusal GEN-3 for a day to come. */
export function pastDay(given: string | null | undefined, today: string, field = 'on'): string {
  const day = given ?? today;
  rule('GEN-3', 'This day is still to come: record it when it is there.', day <= today, field);
  return day;
}
