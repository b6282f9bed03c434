/** A file of bank holidays that cannot be read, with a sentence for who has it. */
export class NoBankHolidays extends Error {
  override readonly name = 'NoBankHolidays';
}

const ISO = /^\d{4}-\d{2}-\d{2}$/;
const DAY_FIRST = /^(\d{2})\/(\d{2})\/(\d{4})$/;

/**
 * The dates of a division in a published file, in either form that there is: `{ "england-and-wales": { "events": [{ "date":
 * "2026-12-25" }] } }` as served on gov.uk, or `{ "divisions": { "england-and-wales": { "2026": [{ "date": "25/12/2026" }] } } }`
 * as kept behind it. @param division such as `england_and_wales`. @returns civil dates in order. @throws NoBankHolidays
 */
export function publishedHolidays(text: string, division: string): string[] {
  const slug = division.replaceAll('_', '-');
  const file = parsed(text) as Record<string, unknown>;
  const divisions = (file['divisions'] ?? file) as Record<string, unknown>;
  const found = divisions[slug];
  if (found === undefined) throw new NoBankHolidays(`The file has no division ${slug}.`);
  const dates = [...datesIn(found)];
  if (dates.length === 0) throw new NoBankHolidays(`The file has no dates of ${slug}.`);
  return [...new Set(dates)].sort();
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below, in one sentence for whatever is wrong with it.
  }
  throw new NoBankHolidays('This is no JSON file of bank holidays.');
}

/** Every `date` in it, at whatever depth. @throws NoBankHolidays for one that is in neither form. */
function* datesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'date' && typeof inner === 'string') yield civil(inner);
    else yield* datesIn(inner);
  }
}

function civil(text: string): string {
  if (ISO.test(text)) return text;
  const [, day, month, year] = DAY_FIRST.exec(text) ?? [];
  if (!year) throw new NoBankHolidays(`${text} is no date as such files have them.`);
  return `${year}-${month}-${day}`;
}
