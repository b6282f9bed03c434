import { describe, expect, it } from '@jest/globals';
import { given, happened, ORGANIZATION, stateOf } from '../../../../test/support/given.js';
import { calendarIdOf, publishedCalendar, publishedDates } from '../../bank-holidays.js';
import { BankHolidayCalendar, BankHolidaysImported, BeginBankHolidays, ImportBankHolidays } from './bank-holiday-calendar.js';

const begun = happened(BankHolidaysImported, {
  division: 'england_and_wales', dates: [...publishedDates], sourceSha256: 'x', version: publishedCalendar.version,
});

describe('a calendar of bank holidays', () => {
  it('knows whole years, and which version it is', () => {
    const state = stateOf(BankHolidayCalendar, [begun]);
    expect(state).toMatchObject({ coversFrom: '2019-01-01', coversThrough: '2028-12-31', version: publishedCalendar.version });
    expect(state.holidays).toHaveLength(publishedDates.length);
    expect(state.calendar()).toEqual(publishedCalendar);
  });

  it('BHC-2: takes whole years without a gap', async () => {
    const take = (...dates: string[]) => given(BankHolidayCalendar, begun).when(ImportBankHolidays, { division: 'scotland', dates });
    await take('2029-01-01', '2030-01-01', '2031-01-01').records([BankHolidaysImported, { division: 'scotland' }]);
    await take('2029-01-01', '2031-01-01').refused('BHC-2', 'dates');
    await take('2029-02-30').refused('BHC-2', 'dates');
    await take().refused('BHC-2', 'dates');
  });

  it('changes nothing where the dates are the same', async () => {
    const same = { division: 'england_and_wales', dates: [...publishedDates].reverse() } as const;
    await given(BankHolidayCalendar, begun).when(ImportBankHolidays, same).recordsNothing();
  });

  it('begins with the published one, once, and only as the calendar of the organisation', async () => {
    const fresh = given(BankHolidayCalendar).when(BeginBankHolidays, { dates: [...publishedDates] });
    await fresh.recordsNothing();
    expect(calendarIdOf(ORGANIZATION)).not.toBe(calendarIdOf('another'));
  });
});
