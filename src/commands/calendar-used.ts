import type { Catalogue } from '../kernel/catalogue.js';
import { openedBy } from '../kernel/deadline.js';
import type { DomainEvent } from '../kernel/event.js';
import type { CommandMetadata } from './registers.js';

/** The calendar of bank holidays that deadlines in these events were reckoned with. */
export function calendarUsed(events: readonly DomainEvent<object>[], catalogue: Catalogue): Pick<CommandMetadata, 'calendarVersion'> {
  for (const event of events) {
    const declaration = catalogue.eventOf(event.constructor as never);
    const version = declaration && openedBy(declaration, event).find(({ calendarVersion }) => calendarVersion)?.calendarVersion;
    if (version) return { calendarVersion: version };
  }
  return {};
}
