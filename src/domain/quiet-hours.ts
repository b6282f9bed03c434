import { londonInstant, londonTime } from '../kernel/days.js';
import { type InstantText, londonDate, plusDays } from '../kernel/values.js';

/** Times of day in London, `HH:MM`, between which nobody is disturbed; over midnight where they end before they begin. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}
/** A time of day. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Whether it is quiet at an instant. Hours that end where they begin are none. */
export function isQuiet(instant: InstantText, { from, to }: QuietHours): boolean {
  const time = londonTime(instant);
  return from <= to ? time >= from && time < to : time >= from || time < to;
}

/** The instant itself, or the end of the quiet hours that it lies in: by the clocks of London, whatever they do that night. */
export function afterQuiet(instant: InstantText, quiet: QuietHours): InstantText {
  if (!isQuiet(instant, quiet)) return instant;
  const today = londonDate(instant);
  const date = londonTime(instant) < quiet.to ? today : plusDays(today, 1);
  const end = londonInstant(date, quiet.to);
  // In the hour that comes twice it is the second time.
  return end > instant ? end : londonInstant(date, quiet.to, 'later');
}
