import type { Chapter } from './chapters.js';

const day = (date: string, hour = 10): object => ({ startTime: `${date}T${hour}:00:00Z`, endTime: `${date}T${hour + 1}:00:00Z` });

/** What is in the calendar about somebody: a series with all that can happen to one, and an event that is over. */
export const inTheCalendar: Chapter = async (speaker, { manager, keyWorkerId, ids }, { residentId }) => {
  const say = speaker.say.bind(speaker, manager);
  const { now } = (await manager.row('/clock')) as unknown as { now: string };
  const today = now.slice(0, 10);
  const about = { residentId, propertyId: ids['properties'], organizer: keyWorkerId };
  const { id } = await say('ScheduleEvent', undefined, { ...about, eventType: 'appointment', attendees: [keyWorkerId], reminderMinutes: 60, ...day('2026-09-07') });
  await say('SetRecurrence', id, { rrule: 'FREQ=WEEKLY;COUNT=4', exdates: ['2026-09-21'] });
  await say('AddAttendee', id, { userId: undefined, residentId: undefined });
  const [other] = (await manager.rows(`/calendar-attendees?calendarEventId=${id}`)).filter((row) => row['otherPerson'] !== null);
  await say('RespondToInvitation', id, { attendeeId: residentId, response: 'accepted' });
  await say('RemoveAttendee', id, { attendeeId: other!.id });
  await say('AddAttendee', id);
  await say('RescheduleEvent', id, { scope: 'following', occurrenceDate: '2026-09-14', ...day('2026-09-15', 14) });
  await say('CancelOccurrence', id, { date: '2026-09-28' });
  const held = await say('ScheduleEvent', undefined, { ...about, eventType: 'review', startTime: `${today}T00:00:00Z`, endTime: `${today}T01:00:00Z` });
  await say('StartEvent', held.id);
  await say('CompleteEvent', held.id, { dna: [residentId] });
  const off = await say('ScheduleEvent', undefined, { ...about, eventType: 'meeting', ...day('2026-09-08') });
  await say('CancelEvent', off.id);
  ids['calendar_events'] = id;
};
