import { CommandOf, DomainCommand } from '../../../kernel/command.js';
import type { BankHolidays } from '../../../kernel/days.js';
import { Entity, State } from '../../../kernel/entity.js';
import { DomainEvent, EventOf } from '../../../kernel/event.js';
import { Children, Choice, CivilDate, List, Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { rule } from '../../../kernel/rules.js';
import { isCivilDate, uuidOf } from '../../../kernel/values.js';
import { calendarIdOf, calendarOf, digestOf, HolidayDivision, versionOf } from '../../bank-holidays.js';
import '../organisation.rules.js';

type Division = (typeof HolidayDivision)[keyof typeof HolidayDivision];
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A day on which nobody works. */
export class BankHoliday {
  id!: string;
  @CivilDate(open) date!: string;
  @Choice(open, 'HolidayDivision', HolidayDivision) division!: Division;
}

@Entity('bank_holiday_calendars', 'The bank holidays that working days are counted with; one for each organisation.', {
  category: 'bankHolidayCalendar',
})
export class BankHolidayCalendar extends State {
  @Choice(open, 'HolidayDivision', HolidayDivision) division!: Division;
  @Text(open, { max: 60, doc: 'Stored with each deadline that was reckoned with it' }) version!: string;
  @Text(open, { max: 64, doc: 'SHA-256 of division and dates' }) sourceSha256!: string;
  @CivilDate(open, { doc: 'First day that it knows' }) coversFrom!: string;
  @CivilDate(open, { doc: 'Last day that it knows: what is due later is refused' }) coversThrough!: string;
  @Children('bank_holidays', () => BankHoliday, { parent: 'calendarId' }) holidays: BankHoliday[] = [];

  /** As deadlines are reckoned with. */
  calendar(): BankHolidays {
    return calendarOf(this.division, this.holidays.map(({ date }) => date));
  }
}

/** The calendar is this one from now on. Deadlines that were reckoned before keep their dates. */
@EventOf(BankHolidayCalendar, 'BankHolidaysImported', 1)
export class BankHolidaysImported extends DomainEvent<BankHolidayCalendar> {
  @Choice(open, 'HolidayDivision', HolidayDivision) division!: Division;
  @List(open, { max: 1000, pattern: DATE }) dates!: string[];
  @Text(open, { max: 64 }) sourceSha256!: string;
  @Text(open, { max: 60 }) version!: string;
  apply(calendar: BankHolidayCalendar): void {
    const { division, dates, sourceSha256, version } = this;
    const { from: coversFrom, through: coversThrough } = calendarOf(division, dates);
    const holidays = dates.map((date) => Object.assign(new BankHoliday(), { id: uuidOf(calendar.id, date), date, division }));
    Object.assign(calendar, { division, sourceSha256, version, coversFrom, coversThrough, holidays });
  }
}

@CommandOf(BankHolidayCalendar, {
  permission: 'bank_holiday_calendars:import',
  doc: 'Takes over bank holidays as they are published, for whole years without a gap.',
  route: 'import',
})
export class ImportBankHolidays extends DomainCommand<BankHolidayCalendar> {
  @Choice(open, 'HolidayDivision', HolidayDivision) division!: Division;
  @List(open, { max: 1000, pattern: DATE, doc: 'Civil dates, at least one in every year' }) dates!: string[];
  decide(calendar: BankHolidayCalendar) {
    const dates = [...new Set(this.dates)].sort();
    const years = new Set(dates.map((date) => Number(date.slice(0, 4))));
    const whole = dates.length > 0 && Math.max(...years) - Math.min(...years) + 1 === years.size;
    rule('BHC-2', 'There is a year without a bank holiday: import whole years, one after the other.', whole && dates.every(isCivilDate), 'dates');
    const version = versionOf(this.division, dates);
    if (calendar.version === version) return [];
    return BankHolidaysImported.of({ division: this.division, dates, sourceSha256: digestOf(this.division, dates), version });
  }
}

@CommandOf(BankHolidayCalendar, { internal: true, creates: true, doc: 'An organisation has begun: it has the published bank holidays.' })
export class BeginBankHolidays extends DomainCommand<BankHolidayCalendar> {
  @List(open, { max: 1000, pattern: DATE }) dates!: string[];
  decide(calendar: BankHolidayCalendar, { actor }: { actor: { organizationId: string } }) {
    if (calendar.version || calendar.id !== calendarIdOf(actor.organizationId)) return [];
    const { dates } = this;
    const division = HolidayDivision.england_and_wales;
    return BankHolidaysImported.of({ division, dates, sourceSha256: digestOf(division, dates), version: versionOf(division, dates) });
  }
}
