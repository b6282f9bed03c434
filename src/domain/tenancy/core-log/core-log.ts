import { Entity, stateWith } from '../../../kernel/entity.js';
import { changeWith, DomainEvent, EventOf, eventWith, type Recorded } from '../../../kernel/event.js';
import { Choice, CivilDate, Group, Instant, Int, Items, List, Pence, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Deadline } from '../../deadline.js';
import { CoreAnswers } from './core-answers.js';
import { coreFields } from './core-fields.js';
import { nameOf } from './core-row.js';
import './core-log.rules.js';

type Of<T> = T[keyof T];
export const CoreLogStatus = {
  /** Answers have come since it was checked last, or it was not checked yet. */
  prepared: 'prepared',
  /** Something in it is wrong. */
  invalid: 'invalid',
  /** Something in it is unusual, and nobody has confirmed it. */
  unconfirmed: 'unconfirmed',
  ready: 'ready',
  exported: 'exported',
  accepted: 'accepted',
  rejected: 'rejected',
} as const;
export const CoreProvider = { la: 'la', prp: 'prp' } as const;
const PERIODS = Array.from({ length: 11 }, (_, index) => String(index + 1));
const findings = { max: 1000 } as const;

/** A rule that an answer breaks, or that makes it unusual. */
export class CoreFinding {
  @Text(pseudonymous, { max: 20, doc: 'Code of the rule' }) code!: string;
  @Text(pseudonymous, { max: 20, doc: 'Field of the log in which it is seen: field36' }) field!: string;
}

/** Which letting a log is about, and by what it is checked. */
export class CoreLogSubject {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Int(open, { min: 2000, max: 2199, doc: 'Year of the return: lettings that start from 1 April of it' }) year!: number;
  @Choice(open, 'CoreProvider', CoreProvider, { doc: 'Whose stock it is: a local authority\'s, or a registered provider\'s' }) provider!: Of<typeof CoreProvider>;
  @List(open, { optional: true, enumName: 'CoreRentPeriod', values: PERIODS, max: 11, doc: 'Rent periods the managing organisation is registered for' })
  rentPeriods?: string[];
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The move between rooms that it began with; none for the move in' }) moveId?: string;
}
/** What a check works out. */
class CoreTotals {
  @Pence(pseudonymous, { optional: true, doc: 'All charges a period' }) totalChargePence?: number;
  @Pence(pseudonymous, { optional: true, doc: 'All charges a week, half up' }) weeklyChargePence?: number;
  @Int(open, { optional: true, doc: 'Days from the void date, or the end of major repairs, to the start' }) vacantDays?: number;
  @Int(pseudonymous, { optional: true }) householdMembers?: number;
}

@Entity('core_logs', 'What the statutory lettings return (CORE) says of one letting: 147 answers, checked and sent.', {
  category: 'coreLog',
  reference: { prefix: 'CORE', yearly: true, digits: 4 },
  subject: 'residentId',
})
export class CoreLog extends stateWith(CoreLogSubject, CoreAnswers, CoreTotals) {
  @Choice(pseudonymous, 'CoreLogStatus', CoreLogStatus) status!: Of<typeof CoreLogStatus>;
  @Items(pseudonymous, () => CoreFinding, { ...findings, doc: 'Rules that are broken, each with its field' }) hardErrors: CoreFinding[] = [];
  @Items(pseudonymous, () => CoreFinding, { ...findings, doc: 'What is unusual, each with its field' }) softWarnings: CoreFinding[] = [];
  @List(pseudonymous, { max: 100, doc: 'Codes of what is unusual and was confirmed' }) confirmedWarnings: string[] = [];
  @Instant(pseudonymous, { optional: true }) validatedAt?: string;
  @Text(open, { optional: true, max: 64, doc: 'SHA-256 of the file that it was sent in' }) fileSha?: string;
  @Int(open, { optional: true, doc: 'Its line in that file' }) line?: number;
  @Instant(open, { optional: true }) exportedAt?: string;
  @CivilDate(open, { optional: true }) acceptedOn?: string;
  @Instant(pseudonymous, { optional: true, doc: 'When it should have been taken' }) overdueSince?: string;
  @Text(personal('location'), { optional: true, max: 20_000, doc: 'Why the service did not take it' }) rejectionErrors?: string;

  /** Whether everything unusual was confirmed. */
  isConfirmed(): boolean {
    return this.softWarnings.every(({ code }) => this.confirmedWarnings.includes(code));
  }
}

@EventOf(CoreLog, 'CoreLogPrepared', 1, { to: 'prepared' })
export class CoreLogPrepared extends eventWith(CoreLog, CoreAnswers) {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Ref(pseudonymous, 'residents') residentId!: string;
  @Ref(open, 'properties') propertyId!: string;
  @Ref(open, 'property_rooms') roomId!: string;
  @Int(open, { min: 2000, max: 2199 }) year!: number;
  @Choice(open, 'CoreProvider', CoreProvider) provider!: Of<typeof CoreProvider>;
  @List(open, { optional: true, enumName: 'CoreRentPeriod', values: PERIODS, max: 11 }) rentPeriods?: string[];
  @Text(pseudonymous, { optional: true, max: 36 }) moveId?: string;
  @Group(pseudonymous, () => Deadline) deadline!: Deadline;
  override apply(log: CoreLog): void {
    const { placementId, residentId, propertyId, roomId, year, provider, rentPeriods, moveId } = this;
    Object.assign(log, { placementId, residentId, propertyId, roomId, year, provider, rentPeriods, moveId });
    answer(log, this);
  }
}

/** Moves the answers that an event has into the log. @returns the names of those that it has. */
function answer(log: CoreLog, event: object): Set<string> {
  const values = event as Record<string, unknown>;
  const given: string[] = coreFields.map(({ number }) => nameOf(number)).filter((name) => values[name] !== undefined);
  for (const name of given) (log as unknown as Record<string, unknown>)[name] = values[name];
  return new Set(given);
}

/** Answers came, or were cleared (null). What was confirmed of them is to be confirmed anew. */
@EventOf(CoreLog, 'CoreLogAnswered', 1, { to: 'prepared' })
export class CoreLogAnswered extends changeWith(CoreLog, CoreAnswers) {
  override apply(log: CoreLog): void {
    const changed = answer(log, this);
    const again = new Set(log.softWarnings.filter(({ field }) => changed.has(field)).map(({ code }) => code));
    log.confirmedWarnings = log.confirmedWarnings.filter((code) => !again.has(code));
  }
}
/** The start of the letting, or the room, was another one; the year of the return follows. */
@EventOf(CoreLog, 'CoreLogYearChanged', 1, { to: 'prepared' })
export class CoreLogYearChanged extends DomainEvent<CoreLog> {
  @Int(open, { min: 2000, max: 2199 }) year!: number;
  @Group(pseudonymous, () => Deadline) deadline!: Deadline;
  apply(log: CoreLog): void {
    log.year = this.year;
  }
}
@EventOf(CoreLog, 'CoreLogValidated', 1, { toOneOf: ['invalid', 'unconfirmed', 'ready'] })
export class CoreLogValidated extends eventWith(CoreLog, CoreTotals) {
  @Items(pseudonymous, () => CoreFinding, findings) hardErrors!: CoreFinding[];
  @Items(pseudonymous, () => CoreFinding, findings) softWarnings!: CoreFinding[];
  override apply(log: CoreLog, { recordedAt }: Recorded): void {
    const { hardErrors, softWarnings, totalChargePence, weeklyChargePence, vacantDays, householdMembers } = this;
    Object.assign(log, { hardErrors, softWarnings, totalChargePence, weeklyChargePence, vacantDays, householdMembers, validatedAt: recordedAt });
    log.confirmedWarnings = log.confirmedWarnings.filter((code) => softWarnings.some((warning) => warning.code === code));
    log.status = hardErrors.length > 0 ? 'invalid' : log.isConfirmed() ? 'ready' : 'unconfirmed';
  }
}
/** Somebody says that what is unusual is so. */
@EventOf(CoreLog, 'SoftWarningConfirmed', 1, { toOneOf: ['unconfirmed', 'ready', 'invalid'] })
export class SoftWarningConfirmed extends DomainEvent<CoreLog> {
  @Text(pseudonymous, { max: 20 }) code!: string;
  @Ref(pseudonymous, 'users') by!: string;
  apply(log: CoreLog): void {
    log.confirmedWarnings = [...log.confirmedWarnings, this.code];
    if (log.status !== 'invalid') log.status = log.isConfirmed() ? 'ready' : 'unconfirmed';
  }
}
@EventOf(CoreLog, 'CoreLogExported', 1, { to: 'exported' })
export class CoreLogExported extends DomainEvent<CoreLog> {
  @Text(open, { max: 64 }) fileSha!: string;
  @Int(open) line!: number;
  apply(log: CoreLog, { recordedAt }: Recorded): void {
    Object.assign(log, { fileSha: this.fileSha, line: this.line, exportedAt: recordedAt, rejectionErrors: undefined });
  }
}
@EventOf(CoreLog, 'CoreLogAccepted', 1, { to: 'accepted', deadlines: { met: ['UK-R1'], at: 'on' } })
export class CoreLogAccepted extends DomainEvent<CoreLog> {
  @CivilDate(open) on!: string;
  apply(log: CoreLog): void {
    log.acceptedOn = this.on;
  }
}
@EventOf(CoreLog, 'CoreLogRejected', 1, { to: 'rejected' })
export class CoreLogRejected extends DomainEvent<CoreLog> {
  @Text(personal('location'), { max: 20_000 }) errors!: string;
  apply(log: CoreLog): void {
    log.rejectionErrors = this.errors;
  }
}
/** The collection closed before the service had taken it. */
@EventOf(CoreLog, 'CoreLogOverdue', 1)
export class CoreLogOverdue extends DomainEvent<CoreLog> {
  @Instant(pseudonymous) dueAt!: string;
  apply(log: CoreLog): void {
    log.overdueSince = this.dueAt;
  }
}
