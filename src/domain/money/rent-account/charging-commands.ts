import { CommandOf, type Context, DomainCommand } from '../../../kernel/command.js';
import { Choice, CivilDate, Group } from '../../../kernel/fields.js';
import { open, pseudonymous } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { daysBetween, mondayOf, plusDays } from '../../../kernel/values.js';
import type { Placement } from '../../tenancy/placement/placement.js';
import { WeeklyCharges } from '../../weekly-charges.js';
import { weekAfter, weekCharge, weeksDue, type ChargedPeriod } from '../charging.js';
import { BOOKS_REGISTER, closedMonthIn, firstOpenDay } from '../books-register.js';
import { each, isNothing, isSame } from '../components.js';
import { scheduledOf } from './bookkeeping.js';
import {
  asCorrected, asScheduled, ChargeDay, chargesOf, RentAccount, RentAdjusted, type RentCharged,
  RentScheduleCorrected, RentScheduleEnded, RentScheduleSet,
} from './rent-account.js';
import type { Of } from './rent-account-children.js';
import { periodsOf, type Schedule, stretchOn } from './rent-schedule.js';

const live = ['active', 'former'];
/** Weeks that one command charges at most: an append is bounded, and what is left is due still. */
const MOST_WEEKS = 200;
/** How long before its Monday a week may be charged by hand. */
const DAYS_AHEAD = 28;

type Scheduling = RentScheduleSet | RentScheduleCorrected | RentScheduleEnded;

function scheduleAfter(schedule: Schedule, event: Scheduling): Schedule {
  if (event instanceof RentScheduleSet) return asScheduled(schedule, event);
  if (event instanceof RentScheduleCorrected) return asCorrected(schedule, event);
  return { ...schedule, endsOn: event.on };
}

/** The weeks that have begun and are not charged, as charges. */
const chargesDue = (account: RentAccount, periods: readonly ChargedPeriod[], today: string): RentCharged[] =>
  chargesOf(account.id, weeksDue(periods, account.chargedMondays(), today, MOST_WEEKS));

/**
 * Every charged week whose price the new schedule changes, brought to its target: the target less what stands by the
 * schedule, and never below nothing. What a person adjusted, and weeks whose price is the same, stay as they are.
 */
function adjustments(account: RentAccount, after: readonly ChargedPeriod[]): RentAdjusted[] {
  const before = account.periods();
  return account.payments.flatMap((payment) => {
    const monday = mondayOf(payment.periodFrom);
    const [was, is] = [weekCharge(before, monday), weekCharge(after, monday)];
    if (isSame(was.components, is.components)) return [];
    const scheduled = scheduledOf(payment);
    const delta = each((one) => Math.max(is.components[one] - scheduled[one], -payment.components[one]));
    // A week without a night left keeps the dates that it had.
    const dates = is.nights > 0 ? { from: is.from, to: is.to } : {};
    return isNothing(delta) ? [] : [RentAdjusted.of({ chargeId: payment.id, delta, cause: 'schedule', nights: is.nights, ...dates })];
  });
}

/** A change of the schedule with everything that follows from it, in one append: nobody ever sees the one without the other. */
function rescheduled(account: RentAccount, events: readonly Scheduling[], today: string) {
  const periods = periodsOf(events.reduce(scheduleAfter, account.schedule()));
  return [...events, ...adjustments(account, periods), ...chargesDue(account, periods, today)];
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:set-rent-schedule',
  doc: 'Sets what a week costs from a day on, not in a month whose books are closed. Weeks that are charged already are adjusted, weeks that are due are charged.',
  from: live,
  effective: 'from',
})
export class SetRentSchedule extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The first night at this price' }) from!: string;
  @Group(pseudonymous, () => WeeklyCharges) weeklyCharges!: WeeklyCharges;
  @Choice(open, 'ChargeDay', ChargeDay, { optional: true }) chargeDay?: Of<typeof ChargeDay>;
  decide(account: RentAccount, context: Context) {
    const { from, weeklyCharges } = this;
    if (account.chargesEndOn && from >= account.chargesEndOn) {
      throw new Refusal('STATE', 'The stay has ended before this day: nothing is charged from then on.', { status: 409, field: 'from' });
    }
    const stretch = stretchOn(account, from);
    const set = RentScheduleSet.of({ from, weeklyCharges, chargeDay: this.chargeDay ?? 'monday', origin: 'person', stretch });
    const after = periodsOf(asScheduled(account.schedule(), set));
    if (JSON.stringify(after) === JSON.stringify(account.periods())) return [];
    checkBooks(from, after, context);
    return rescheduled(account, [set], context.today);
  }
}

/**
 * What a person prices anew lies in months whose books are open. An agreement or a stay that says so is followed all the same,
 * and what it comes to stands in the books on the day of recording. @throws Refusal FIN-3
 */
function checkBooks(from: string, after: readonly ChargedPeriod[], { actor, held, today }: Context): void {
  if (actor.role === 'system') return;
  const books = held(BOOKS_REGISTER, actor.organizationId);
  const to = after.find((period) => period.from <= from && (period.to === undefined || from < period.to))?.to;
  const closed = closedMonthIn(books, from, to);
  const way = `set this price from ${firstOpenDay(books, today)} on, and adjust the charges of before by what they should differ`;
  rule('FIN-3', `The books of ${closed} are closed: ${way}.`, closed === undefined, 'from');
}

@CommandOf(RentAccount, { internal: true, doc: 'Brings the schedule, and the charges with it, to what the placement says; a corrected date reopens a closed account.' })
export class FollowPlacement extends DomainCommand<RentAccount> {
  decide(account: RentAccount, context: Context) {
    const { segments } = context.state<Placement>('placements', account.placementId ?? '');
    const events: Scheduling[] = segments.flatMap(({ from, weeklyCharges, roomId, propertyId, agreementId }, stretch) => {
      const known = account.stretches[stretch];
      if (known) return known.from === from ? [] : [RentScheduleCorrected.of({ stretch, from })];
      return [RentScheduleSet.of({ from, weeklyCharges, chargeDay: 'monday', origin: 'placement', stretch, roomId, propertyId, agreementId })];
    });
    const on = segments.at(-1)?.to;
    if (on && on !== account.chargesEndOn) events.push(RentScheduleEnded.of({ on }));
    return events.length === 0 ? [] : rescheduled(account, events, context.today);
  }
}

@CommandOf(RentAccount, { internal: true, doc: 'Charges the weeks that have begun.' })
export class ChargeDueWeeks extends DomainCommand<RentAccount> {
  decide(account: RentAccount, { today }: Context) {
    return chargesDue(account, account.periods(), today);
  }
}

@CommandOf(RentAccount, {
  permission: 'rent_accounts:raise-charge',
  doc: 'Charges nights of one week, by the schedule or as given. A charged week is adjusted, not charged again.',
  from: live,
  effective: 'from',
})
export class RaiseCharge extends DomainCommand<RentAccount> {
  @CivilDate(pseudonymous, { doc: 'The first night' }) from!: string;
  @CivilDate(pseudonymous, { optional: true, doc: 'The day after the last night; the next Monday where it is left out' }) to?: string;
  @Group(pseudonymous, () => WeeklyCharges, { optional: true, doc: 'What these nights come to; by the schedule where it is left out' })
  components?: WeeklyCharges;
  decide(account: RentAccount, { today }: Context) {
    const { from } = this;
    const monday = mondayOf(from);
    const to = this.to ?? weekAfter(monday);
    rule('LED-1', 'A charge is for nights of one week, from Monday to Sunday.', from < to && to <= weekAfter(monday), 'to');
    rule('LED-1', 'A week is charged no earlier than four weeks before it begins.', monday <= plusDays(today, DAYS_AHEAD), 'from');
    rule('LED-1', 'This week is charged already: adjust the charge.', !account.paymentFor(monday), 'from', 409);
    const charge = this.components
      ? { from, to, nights: daysBetween(from, to), components: this.components }
      : account.priceOf(from, to);
    rule('LED-1', 'These nights cost nothing by the schedule: say what they come to.', !isNothing(charge.components), 'components');
    return chargesOf(account.id, [charge]);
  }
}
