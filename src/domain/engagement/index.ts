import './calendar-event/attendee-commands.js';
import './calendar-event/calendar-commands.js';
import { CalendarEvent, ORGANIZER_REGISTER } from './calendar-event/calendar-event.js';
import './notification/notification-commands.js';
import { Notification } from './notification/notification.js';

/** The entities of this context, with everything that can happen to them. */
export const engagementEntities = [CalendarEvent, Notification] as const;
/** The rules of this context's registers, by name: that an organiser has two things at once refuses nothing (CAL-4). */
export const engagementRegisters = { [ORGANIZER_REGISTER]: (): void => undefined };
