import { Choice, CivilDate, Instant, Text, type Field } from './fields.js';
import { open, pseudonymous } from './privacy.js';

/** How a deadline is reckoned: by the clock, by the calendar, or in days on which people work. */
export const DeadlineBasis = { hours: 'hours', calendar: 'calendar', working: 'working' } as const;
/** Whether the law asks for it, or the organisation does of itself. */
export const DeadlineSource = { statutory: 'statutory', policy: 'policy' } as const;
type Of<T> = T[keyof T];

/**
 * By when something is to be done: worked out once, when a command is decided, stored in its event and never again. An
 * event that carries one opens it in the table `deadlines`, or moves the one that is open under the same code and key.
 */
export class Deadline {
  @Text(open, { max: 40, doc: 'Code of the rule' }) code!: string;
  @Text(pseudonymous, { optional: true, max: 60, doc: 'Which one, where several of a code run side by side' }) key?: string;
  @Choice(open, 'DeadlineBasis', DeadlineBasis) basis!: Of<typeof DeadlineBasis>;
  @Choice(open, 'DeadlineSource', DeadlineSource) ruleBasis!: Of<typeof DeadlineSource>;
  @Instant(pseudonymous, { doc: 'From when it counts' }) startsAt!: string;
  @Instant(pseudonymous, { doc: 'It is missed from this instant on' }) dueAt!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The last day on which it is met; absent where it is reckoned by the clock' })
  dueOn?: string;
  @Text(open, { optional: true, max: 60, doc: 'The calendar of bank holidays that it was reckoned with' }) calendarVersion?: string;
}

/** A deadline that the product keeps. */
export interface DeclaredDeadline {
  readonly code: string;
  /** Read table of the entity whose event opens it. */
  readonly about: string;
  /** What is to be done by then. */
  readonly doc: string;
  readonly ruleBasis: Of<typeof DeadlineSource>;
  /** Internal command that is sent to the stream when it falls due: `deadlineMissed(…)` is what it is made of. */
  readonly missed?: string;
  /** London time `HH:MM` at which that is, on the day that begins when it is missed; at that instant where it is absent. */
  readonly reportedAt?: string;
}

const declared = new Map<string, DeclaredDeadline>();

/** Declares a deadline, once in the whole product. @throws Error where the code has one. */
export function declareDeadline(code: string, about: Omit<DeclaredDeadline, 'code'>): void {
  if (declared.has(code)) throw new Error(`The deadline ${code} is declared twice: codes are unique in the product, choose another.`);
  declared.set(code, { code, ...about });
}

/** Every declared deadline, by code. */
export const declaredDeadlines = (): readonly DeclaredDeadline[] =>
  [...declared.values()].sort((a, b) => a.code.localeCompare(b.code, 'en', { numeric: true }));
/** @throws Error for a code that nobody declared. */
export function deadlineOf(code: string): DeclaredDeadline {
  const found = declared.get(code);
  if (!found) throw new Error(`There is no deadline ${code}: declare it beside the rules of its entity.`);
  return found;
}

/** What an event does to deadlines of its stream: to those that are open, and where it says so to one that was met. */
export interface DeadlineChange {
  /** Codes of those that are met by it. */
  readonly met?: readonly string[];
  /** Codes of those that need not be met any more. */
  readonly waived?: readonly string[];
  /** Codes of those that were met already, on another day as it turns out: that of `at`, where the event has one. */
  readonly corrected?: readonly string[];
  /** Field of the event with the day or instant at which they were met; its recording, where this is absent. */
  readonly at?: string;
  /** Field of the event with the day on which a corrected one was met as it stood before; the last one, where this is absent. */
  readonly was?: string;
  /** Field of the event that says which one, where several of a code run side by side. */
  readonly keyField?: string;
}

type Declaration = { readonly fields: readonly Field[]; readonly options: { readonly deadlines?: DeadlineChange } };
type Facts = Readonly<Record<string, unknown>>;

const opening = ({ fields }: Declaration): readonly Field[] => fields.filter(({ kind, of }) => kind === 'group' && of!() === Deadline);
/** Whether an event has anything to do with deadlines. */
export const concernsDeadlines = (declaration: Declaration): boolean =>
  declaration.options.deadlines !== undefined || opening(declaration).length > 0;

/** The deadlines that an event opens or moves. */
export const openedBy = (declaration: Declaration, event: object): Deadline[] =>
  opening(declaration).flatMap(({ name }) => {
    const value = (event as Facts)[name];
    return value ? [value as Deadline] : [];
  });

/** A deadline that an event closes. */
export interface Closed {
  readonly code: string;
  readonly key: string;
  readonly how: 'met' | 'waived';
  /** Civil date or instant; undefined for the instant of recording. */
  readonly at: string | undefined;
}

const textIn = (event: object, name: string | undefined): string | undefined => {
  const value = name === undefined ? undefined : (event as Facts)[name];
  return typeof value === 'string' ? value : undefined;
};

/** The deadlines that an event closes, if they are open. They are closed before others are opened. */
export function closedBy({ options: { deadlines } }: Declaration, event: object): Closed[] {
  if (!deadlines) return [];
  const { met = [], waived = [], keyField } = deadlines;
  const [key, at] = [textIn(event, keyField) ?? '', textIn(event, deadlines.at)];
  return [
    ...met.map((code): Closed => ({ code, key, how: 'met', at })),
    ...waived.map((code): Closed => ({ code, key, how: 'waived', at })),
  ];
}

/** A deadline that was met on another day than was said. */
export interface Corrected extends Closed {
  readonly at: string;
  readonly was: string | undefined;
}

/** The deadlines of which an event says that they were met on another day. */
export function correctedBy({ options: { deadlines } }: Declaration, event: object): Corrected[] {
  const at = textIn(event, deadlines?.at);
  if (!deadlines?.corrected || at === undefined) return [];
  const [key, was] = [textIn(event, deadlines.keyField) ?? '', textIn(event, deadlines.was)];
  return deadlines.corrected.map((code): Corrected => ({ code, key, how: 'met', at, was }));
}
