import { calendarIdOf, publishedDates } from '../domain/bank-holidays.js';
import type { Process } from './engine/process.js';

/** Gives each organisation the published bank holidays, so that its working days can be counted and looked up. */
export const bankHolidaysBegin: Process = {
  name: 'bank-holidays-begin',
  doc: 'Gives a new organisation its calendar of bank holidays.',
  on: ['OrganizationRegistered'],
  async react(_event, { organizationId, send }) {
    await send({ step: 'begin', command: 'BeginBankHolidays', id: calendarIdOf(organizationId), body: { dates: publishedDates } });
  },
};
