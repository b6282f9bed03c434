import { changing, CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { CivilDate, Int, Ref, Text } from '../../../kernel/fields.js';
import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule, ruleAsked } from '../../../kernel/rules.js';
import { mondayOf, plusDays } from '../../../kernel/values.js';
import { deadlineMissed, onDay } from '../../deadline.js';
import { pastDay } from '../../past-day.js';
import { checkUp } from './check-up.js';
import { CoreAnswers, personalAnswers } from './core-answers.js';
import type { About, Finding } from './core-check.js';
import { coreField, coreFields, isWellFormed, normalised, TEMPLATE_YEAR } from './core-fields.js';
import {
  type CoreFinding,
  CoreLog,
  CoreLogAccepted,
  CoreLogAnswered,
  CoreLogExported,
  CoreLogOverdue,
  CoreLogPrepared,
  CoreLogRejected,
  CoreLogValidated,
  CoreLogYearChanged,
  SoftWarningConfirmed,
} from './core-log.js';
import { nameOf, type CoreValues } from './core-row.js';
import { hardChecks } from './hard-checks.js';
import { answersFrom, subjectOf } from './prefill.js';
import { softChecks } from './soft-checks.js';

/** The collection of a year closes on the first Friday of June after it: 4 June 2027 for 2026 (as published for 2023 to 2026). */
function closing(year: number, context: Context) {
  const june = `${year + 1}-06-01`;
  return onDay(context, 'UK-R1', plusDays(mondayOf(plusDays(june, 2)), 4));
}

/** While it has not been accepted, a log can be answered. */
const unsettled = ['prepared', 'invalid', 'unconfirmed', 'ready', 'exported', 'rejected'];

@CommandOf(CoreLog, { doc: 'Prepares the log of a letting with what is known of it.', creates: true, plain: true, internal: true })
export class PrepareCoreLog extends DomainCommand<CoreLog> {
  @Ref(pseudonymous, 'placements') placementId!: string;
  @Text(pseudonymous, { optional: true, max: 36, doc: 'The move between rooms that the letting began with; none for the move in' }) moveId?: string;
  decide(_: CoreLog, context: Context) {
    const subject = subjectOf(this.placementId, context, this.moveId ?? undefined);
    return CoreLogPrepared.of({ ...subject, ...answersFrom(subject, context), deadline: closing(subject.year, context) });
  }
}

@CommandOf(CoreLog, { doc: 'Takes over what has changed of the letting with its first day.', internal: true, from: unsettled })
export class RefreshCoreLog extends DomainCommand<CoreLog> {
  decide(log: CoreLog, context: Context) {
    const subject = subjectOf(log.placementId, context, log.moveId);
    const now = answersFrom(subject, context);
    const dated = [8, 9, 10, 29, 30, 31, 41].map(nameOf).filter((name) => now[name] !== undefined);
    const changed = Object.fromEntries(dated.map((name) => [name, now[name]])) as CoreValues;
    return [
      CoreLogAnswered.of(changed),
      ...(subject.year === log.year ? [] : [CoreLogYearChanged.of({ year: subject.year, deadline: closing(subject.year, context) })]),
    ];
  }
}

/** The answers that are given, as they are kept; null clears. @throws Refusal CORE-1 */
function givenAnswers(command: object): CoreValues {
  const given: CoreValues = {};
  for (const field of coreFields) {
    const name = nameOf(field.number);
    const value = (command as CoreValues)[name];
    if (value === undefined) continue;
    const text = value === null ? undefined : normalised(field.number, value);
    rule('CORE-1', `Field ${field.number} is ${field.form.values}.`, text === undefined || isWellFormed(field, text), name);
    given[name] = text ?? null;
  }
  return given;
}

@CommandOf(CoreLog, { permission: 'core_logs:answer', doc: 'Answers questions of the return, each by its number; null or nothing clears an answer.', from: unsettled })
export class AnswerCoreLog extends changing(CoreLog, CoreAnswers) {
  decide() {
    return CoreLogAnswered.of(givenAnswers(this));
  }
}

const asRecorded = ({ code, field }: Finding): CoreFinding => ({ code, field: nameOf(field) });
const aboutOf = (log: CoreLog, today: string): About =>
  ({ year: log.year, today, provider: log.provider, rentPeriods: log.rentPeriods ?? [] });

@CommandOf(CoreLog, {
  permission: 'core_logs:validate',
  doc: 'Checks a log against the rules of the return.',
  from: ['prepared', 'invalid', 'unconfirmed', 'ready', 'rejected'],
  reads: personalAnswers,
})
export class ValidateCoreLog extends DomainCommand<CoreLog> {
  decide(log: CoreLog, { today }: Context) {
    rule('CORE-33', `The rules of ${log.year} are not known: logs are checked and sent for ${TEMPLATE_YEAR}.`, log.year === TEMPLATE_YEAR, undefined, 409);
    const { hard, soft, derived } = checkUp(log, aboutOf(log, today));
    const broken = new Set([...hard, ...soft].map(({ code }) => code));
    for (const { code } of [...hardChecks, ...softChecks]) ruleAsked(code, !broken.has(code));
    return CoreLogValidated.of({ hardErrors: hard.map(asRecorded), softWarnings: soft.map(asRecorded), ...derived });
  }
}

@CommandOf(CoreLog, { permission: 'core_logs:confirm-warning', doc: 'Confirms that what is unusual is so.', from: ['invalid', 'unconfirmed', 'ready'], route: 'confirm-warning' })
export class ConfirmCoreLogWarning extends DomainCommand<CoreLog> {
  @Text(pseudonymous, { max: 20, doc: 'Code of what is unusual, such as CORE-S2' }) code!: string;
  decide(log: CoreLog, { actor }: Context) {
    const { code } = this;
    rule('CORE-32', 'Nothing of this code was found in the log.', log.softWarnings.some((warning) => warning.code === code), 'code');
    return log.confirmedWarnings.includes(code) ? [] : SoftWarningConfirmed.of({ code, by: actor.id });
  }
}

const SHA_256 = /^[0-9a-f]{64}$/;

/** The first finding, as a sentence that names its field. */
function firstOf(log: CoreLog): string {
  const [error] = log.hardErrors;
  if (!error) return 'Check the log, and confirm what is unusual in it, before it is sent.';
  const field = Number(error.field.slice('field'.length));
  return `Field ${field} is not right yet: ${coreField(field).question}`;
}

@CommandOf(CoreLog, { permission: 'core_logs:export', doc: 'Records the file and the line in which a log was sent.', route: 'record-export' })
export class RecordCoreLogExport extends DomainCommand<CoreLog> {
  @Text(open, { max: 64, doc: 'SHA-256 of the file, 64 letters and digits' }) fileSha!: string;
  @Int(open, { min: 1 }) line!: number;
  decide(log: CoreLog) {
    const { fileSha, line } = this;
    if (!SHA_256.test(fileSha)) throw new Refusal('VALIDATION', 'The SHA-256 of a file is 64 letters and digits.', { field: 'fileSha' });
    if (log.status === 'exported' && log.fileSha === fileSha && log.line === line) return [];
    rule('CORE-31', firstOf(log), log.status === 'ready' || log.status === 'exported', undefined, 409);
    return CoreLogExported.of({ fileSha, line });
  }
}

@CommandOf(CoreLog, { permission: 'core_logs:accept', doc: 'Records that the service has taken a log.', from: ['exported'], effective: 'on' })
export class AcceptCoreLog extends DomainCommand<CoreLog> {
  @CivilDate(open, { optional: true, doc: 'Today, where it is left out' }) on?: string;
  decide(_: CoreLog, { today }: Context) {
    const on = pastDay(this.on, today);
    return CoreLogAccepted.of({ on });
  }
}

@CommandOf(CoreLog, { permission: 'core_logs:reject', doc: 'Records why the service has not taken a log.', from: ['exported'] })
export class RejectCoreLog extends DomainCommand<CoreLog> {
  @Text(personal('location'), { max: 20_000, doc: 'What it said, an error a line' }) errors!: string;
  decide() {
    return CoreLogRejected.of({ errors: this.errors });
  }
}

@CommandOf(CoreLog, { doc: 'Says that the collection closed before the service had taken the log.', internal: true })
export class ReportCoreLogOverdue extends deadlineMissed(CoreLog) {
  decide(log: CoreLog) {
    return log.status === 'accepted' || log.overdueSince === this.dueAt ? [] : CoreLogOverdue.of({ dueAt: this.dueAt });
  }
}
