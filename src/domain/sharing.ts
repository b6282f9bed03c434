import type { Context } from '../kernel/command.js';
import { rule } from '../kernel/rules.js';
import { ageOn, later } from '../kernel/values.js';
import { ADULT } from './ages.js';
import { isManager } from './managers.js';
import type { Resident } from './people/resident/resident.js';
import { policy } from './policies.js';
import type { Room } from './property/room/room.js';

/** Somebody in a room on the nights `[from, to)`, open while `to` is absent. */
export interface Stay {
  readonly residentId: string;
  readonly from: string;
  readonly to?: string;
}

/** What of a stay that is booked, or corrected, bears on who shares a room. */
export interface Sharing {
  /** Reservations that the same command decides on: the register tells those of others alone. */
  readonly reservations?: readonly Stay[];
  /** Why a manager lets people of different genders share the room; new, or given before. */
  readonly reason?: string;
  /** Given before, by a manager: it is not asked again. */
  readonly reasonStands?: boolean;
  /** A stay that was booked before and whose dates were others; with whom it had nights in common it is not asked anew. */
  readonly before?: Stay;
}

const isSome = ({ from, to }: Stay): boolean => !to || from < to;
const shareNights = (one: Stay, other: Stay): boolean =>
  isSome(one) && isSome(other) && (!other.to || one.from < other.to) && (!one.to || other.from < one.to);

/** Stays of others in a room, also those that are booked at this moment. */
function staysIn({ id, propertyId }: Pick<Room, 'id' | 'propertyId'>, kinds: readonly string[], { now, rivals }: Context): Stay[] {
  return rivals('property', propertyId)
    .filter(({ kind, key, expiresAt }) => kinds.includes(kind) && key === id && (expiresAt === undefined || now < expiresAt))
    .map(({ party, from = '', to }) => ({ residentId: party!, from, ...(to ? { to } : {}) }));
}

/** Whether somebody is of age on a night; undefined where their date of birth is not known. */
function isAdult(residentId: string, night: string, { fact }: Context): boolean | undefined {
  const [born] = fact('date-of-birth', residentId);
  return born === undefined ? undefined : ageOn(born, night) >= ADULT;
}
const agesDiffer = (one: string, other: string, night: string, context: Context): boolean => {
  const [adult, otherAdult] = [isAdult(one, night, context), isAdult(other, night, context)];
  return adult !== undefined && otherAdult !== undefined && adult !== otherAdult;
};

const sameWord: Readonly<Record<string, string>> = { f: 'female', woman: 'female', girl: 'female', m: 'male', man: 'male', boy: 'male' };
/** How somebody calls their gender, in one word for each; undefined where they have not said it. */
function genderOf(residentId: string, { fact }: Context): string | undefined {
  const [said] = fact('gender', residentId);
  const word = said?.normalize('NFKC').trim().toLowerCase();
  return word && (sameWord[word] ?? word);
}
function areSiblings(one: string, other: string, context: Context): boolean {
  const names = (id: string, sibling: string): boolean =>
    context.find<Resident>('residents', id)?.siblings.some(({ siblingId }) => siblingId === sibling) ?? false;
  return names(one, other) || names(other, one);
}
const gendersDiffer = (one: string, other: string, context: Context): boolean => {
  const [gender, otherGender] = [genderOf(one, context), genderOf(other, context)];
  return gender !== undefined && otherGender !== undefined && gender !== otherGender && !areSiblings(one, other, context);
};

const FIELDS = ['residentId', 'roomId', 'date'] as const;

/**
 * ROM-8: who shares a room is adult, or nobody is; and they are of one gender, unless they are siblings or a manager says
 * why. Looked at is the first night that two have in common, and tonight where they have that too: nobody is refused a
 * room because of a birthday to come. A date of birth or a gender that is not known counts for nothing. @throws Refusal
 */
export function checkSharing(room: Room, stay: Stay, context: Context, { reservations = [], reason, reasonStands, before }: Sharing = {}): void {
  const given = Boolean(reason);
  rule('ROM-8', 'Only a manager lets people of different genders share a room.', !given || reasonStands || isManager(context.actor), 'sharingReason');
  if (room.beds.every(({ capacity }) => capacity < 2)) return;
  const others = [...staysIn(room, ['placement', 'reservation'], context), ...reservations]
    .filter((other) => other.residentId !== stay.residentId && shareNights(stay, other));
  const { today } = context;
  for (const { residentId, from, to } of others) {
    const first = later(stay.from, from);
    const tonight = !before && first < today && (!to || today < to) && (!stay.to || today < stay.to);
    const mixed = [first, ...(tonight ? [today] : [])].some((night) => agesDiffer(stay.residentId, residentId, night, context));
    rule('ROM-8', 'Somebody under 18 and an adult would share this room.', !mixed, FIELDS);
  }
  const strangers = others.filter((other) => !before || !shareNights(before, other));
  const needed = !given && policy(context, 'ROM-8.genders') > 0 && strangers.some((other) => gendersDiffer(stay.residentId, other.residentId, context));
  rule('ROM-8', 'People of different genders, who are no siblings, would share this room: a manager says why.', !needed, ['sharingReason', ...FIELDS]);
}

/** Whether somebody who lives in a room shares it tonight with people of the other age: birthdays come, and dates of birth are corrected. */
export function sharesAcrossAges(room: Pick<Room, 'id' | 'propertyId'>, residentId: string, context: Context): boolean {
  const { today } = context;
  return staysIn(room, ['placement'], context)
    .some(({ residentId: other, from, to }) => other !== residentId && from <= today && (!to || today < to) && agesDiffer(residentId, other, today, context));
}
