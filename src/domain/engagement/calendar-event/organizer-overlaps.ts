import type { Context } from '../../../kernel/command.js';
import { type CalendarEvent, ORGANIZER_REGISTER } from './calendar-event.js';
import { overlap, type Span } from './recurrence.js';

/** CAL-4: ids of other events that the organiser has at one of these times. */
export function overlapsOf(organizer: string, spans: readonly Span[], { held, find, id }: Pick<Context, 'held' | 'find' | 'id'>): string[] {
  if (spans.length === 0) return [];
  const begin = spans.map(({ startTime }) => startTime).sort()[0]!;
  const end = spans.map(({ endTime }) => endTime).sort().at(-1)!;
  const others = held(ORGANIZER_REGISTER, organizer).filter(({ key, from, to }) => key !== id && from! < end && begin < to!);
  return others.map(({ key }) => key).filter((key) => {
    const pending = find<CalendarEvent>('calendar_events', key)?.pending ?? [];
    return pending.some((one) => spans.some((span) => overlap(one, span)));
  }).slice(0, 100);
}
