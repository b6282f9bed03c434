import { daysBetween, plusDays } from '../../../kernel/values.js';
import { Occurrence } from './calendar-children.js';
import type { CalendarEvent } from './calendar-event.js';
import { dateOf, onDates, type Span } from './recurrence.js';

/** Which occurrences of a series are moved. */
export const RescheduleScope = { this: 'this', following: 'following', all: 'all' } as const;

/** Where one occurrence goes, and which others go with it. */
export interface Move extends Span {
  readonly scope: keyof typeof RescheduleScope;
  readonly occurrenceDate: string;
}

/**
 * The occurrences after a move: those of the scope that have not begun are moved by as many days, to the same time of day.
 * They keep the dates that they have in the series. One that was reminded of is reminded of again.
 */
export function movedOccurrences({ occurrences }: Pick<CalendarEvent, 'occurrences'>, move: Move): Occurrence[] {
  const days = daysBetween(move.occurrenceDate, dateOf(move));
  const goes = ({ occurrenceDate, status }: Occurrence): boolean => {
    if (status !== 'scheduled') return false;
    if (move.scope === 'all') return true;
    return move.scope === 'this' ? occurrenceDate === move.occurrenceDate : occurrenceDate >= move.occurrenceDate;
  };
  return occurrences.map((one) => {
    if (!goes(one)) return one;
    const [span] = onDates(move, [plusDays(one.occurrenceDate, days)]);
    return Object.assign(new Occurrence(), one, span, { remindedAt: undefined });
  });
}
