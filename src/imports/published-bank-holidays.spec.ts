import { describe, expect, it } from '@jest/globals';
import { publishedHolidays } from './published-bank-holidays.js';

const served = { 'england-and-wales': { division: 'england-and-wales', events: [{ title: 'Boxing Day', date: '2026-12-28', notes: 'Substitute day', bunting: true }, { title: 'Christmas Day', date: '2026-12-25' }] }, scotland: { division: 'scotland', events: [{ title: 'St Andrew’s Day', date: '2026-11-30' }] } };
const kept = { title: 'UK bank holidays', divisions: { 'england-and-wales': { title: 'England and Wales', 2026: [{ title: 'christmas', date: '25/12/2026', notes: '' }], 2027: [{ title: 'new_year', date: '01/01/2027' }] } } };
const read = (file: unknown, division = 'england_and_wales') => publishedHolidays(JSON.stringify(file), division);

describe('a published file of bank holidays', () => {
  it('is read in the form in which it is served, and in the one behind it', () => {
    expect(read(served)).toEqual(['2026-12-25', '2026-12-28']);
    expect(read(served, 'scotland')).toEqual(['2026-11-30']);
    expect(read(kept)).toEqual(['2026-12-25', '2027-01-01']);
  });

  it('is refused with a sentence where it is none', () => {
    for (const [file, sentence] of [[kept, 'no division scotland'], [{ scotland: {} }, 'no dates of scotland'], [{ scotland: [{ date: 'Monday' }] }, 'Monday is no date']] as const) {
      expect(() => read(file, 'scotland')).toThrow(sentence);
    }
    expect(() => publishedHolidays('not json', 'scotland')).toThrow('no JSON');
    expect(() => publishedHolidays('null', 'scotland')).toThrow('no JSON');
  });
});
