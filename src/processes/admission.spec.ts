import { describe, expect, it } from '@jest/globals';
import { happened, someId, stateOf } from '../../test/support/given.js';
import { entities } from '../domain/index.js';
import { ReferralReceived } from '../domain/people/referral/referral.js';
import { Referral } from '../domain/people/referral/referral.js';
import { Room, RoomReserved } from '../domain/property/room/room.js';
import { Catalogue } from '../kernel/catalogue.js';
import type { State } from '../kernel/entity.js';
import type { DecodedEvent } from '../privacy/codec.js';
import type { ProcessCommand, ProcessContext } from './engine/process.js';
import { admission } from './admission.js';

const [residentId, roomId, reservationId, referralId, draft, agreed, accountId] =
  ['resident', 'room', 'reservation', 'referral', 'draft', 'agreed', 'account'].map(someId) as [string, string, string, string, string, string, string];
const catalogue = new Catalogue(entities);
const process = admission(catalogue);

/** What a process sends when something has happened, given what it finds. */
async function sent(stream: string, type: string, event: object, states: Readonly<Record<string, object>> = {}): Promise<string[]> {
  const commands: ProcessCommand[] = [];
  const context = {
    find: <S extends State>(table: string, id: string) => Promise.resolve(states[`${table}/${id}`] as S | undefined),
    send: (command: ProcessCommand) => Promise.resolve(void commands.push(command)),
  } as unknown as ProcessContext;
  const decoded = { declaration: { type }, event, stored: { stream }, recorded: { recordedAt: '2026-09-03T22:59:00.000Z' } } as unknown as DecodedEvent;
  await process.react(decoded, context);
  expect(new Set(commands.map(({ step }) => step)).size).toBe(commands.length);
  for (const { command } of commands) expect(catalogue.command(command)).toBeDefined();
  return commands.map(({ command, id, body }) => `${command} ${id === residentId ? 'resident' : id === roomId ? 'room' : id} ${JSON.stringify(body)}`);
}

describe('the admission', () => {
  it('registers who is referred, or tells who is known', async () => {
    const jordan = { firstName: 'Jordan', lastName: 'Ellis', dateOfBirth: '2006-05-02' };
    expect(await sent(`referral-${referralId}`, 'ReferralReceived', { residentId, applicant: jordan }))
      .toEqual([`RegisterReferredApplicant resident ${JSON.stringify({ ...jordan, referralId })}`]);
    expect(await sent(`referral-${referralId}`, 'ReferralReceived', { residentId })).toEqual([`NoteReferral resident {"referralId":"${referralId}"}`]);
  });

  it('closes the application with its referral, and leaves a referral of ours alone', async () => {
    const direction = (which: 'inbound' | 'outbound') =>
      ({ [`referrals/${referralId}`]: Object.assign(stateOf(Referral, [happened(ReferralReceived, { residentId, responseDue: {} as never })]), { direction: which }) });
    expect(await sent(`referral-${referralId}`, 'ReferralDeclined', { reasonCode: 'no_vacancy' }, direction('inbound')))
      .toEqual([`CloseApplication resident {"referralId":"${referralId}","reasonCode":"no_vacancy"}`]);
    expect(await sent(`referral-${referralId}`, 'ReferralCancelled', { reason: 'r' }, direction('outbound'))).toEqual([]);
  });

  it('offers what is reserved, and nothing more when that ends', async () => {
    expect(await sent(`room-${roomId}`, 'RoomReserved', { reservationId, residentId })).toEqual([`OfferRoom resident {"roomId":"${roomId}","reservationId":"${reservationId}"}`]);
    const room = stateOf(Room, [happened(RoomReserved, { reservationId, residentId, from: '2026-09-02', expiresAt: 'x' })], roomId);
    expect(await sent(`room-${roomId}`, 'RoomReservationReleased', { reservationId, reason: 'expired' }, { [`property_rooms/${roomId}`]: room }))
      .toEqual([`EndOffer resident {"reservationId":"${reservationId}","reason":"expired"}`]);
    expect(await sent(`room-${roomId}`, 'RoomReservationReleased', { reservationId, reason: 'expired' })).toEqual([]);
  });

  it('gives up drafts, and not an agreement that is in force meanwhile', async () => {
    const agreements = { [`tenancy_agreements/${draft}`]: { status: 'pending' }, [`tenancy_agreements/${agreed}`]: { status: 'active' } };
    expect(await sent(`resident-${residentId}`, 'ResidentOfferEnded', { agreementIds: [draft, agreed] }, agreements)).toEqual([expect.stringMatching(`^VoidAgreement ${draft} `)]);
    expect(await sent(`resident-${residentId}`, 'ResidentApplicationDeclined', { reasonCode: 'no_vacancy', roomId, reservationId, referralId, agreementIds: [draft] }, agreements)).toEqual([
      `CancelReservation room {"reservationId":"${reservationId}","reason":"declined"}`, expect.stringMatching('^VoidAgreement'), expect.stringMatching(`^CloseReferralOfApplicant ${referralId} `),
    ]);
    expect(await sent(`resident-${residentId}`, 'ResidentApplicationWithdrawn', { reason: 'r', agreementIds: [] })).toEqual([]);
  });

  it('keeps no other room for who has moved in', async () => {
    expect(await sent(`resident-${residentId}`, 'ResidentMovedIn', { otherRoomId: roomId, otherReservationId: reservationId }))
      .toEqual([`CancelReservation room {"reservationId":"${reservationId}","reason":"withdrawn"}`]);
    expect(await sent(`resident-${residentId}`, 'ResidentMovedIn', {})).toEqual([]);
  });

  it('gives up the bed and the draft of a room in which somebody is not expected any more', async () => {
    const changed = { residentId, roomId: someId('next'), formerRoomId: roomId, formerAgreementId: draft };
    const room = stateOf(Room, [happened(RoomReserved, { reservationId, residentId, from: '2026-09-02', expiresAt: 'x' })], roomId);
    const there = { [`property_rooms/${roomId}`]: room, [`tenancy_agreements/${draft}`]: { status: 'pending' } };
    expect(await sent(`placement-${someId('placement')}`, 'PlannedPlacementChanged', changed, there))
      .toEqual([`CancelReservation room {"reservationId":"${reservationId}","reason":"withdrawn"}`, expect.stringMatching(`^VoidAgreement ${draft} `)]);
    expect(await sent(`placement-${someId('placement')}`, 'PlannedPlacementChanged', { residentId, roomId }, there)).toEqual([]);
  });

  it('ends the referral with the stay, and knows when benefits were claimed', async () => {
    expect(await sent(`resident-${residentId}`, 'ResidentMovedOut', { on: '2027-01-14' }, { [`residents/${residentId}`]: { referralId } }))
      .toEqual([`CompleteReferralOfStay ${referralId} {"on":"2027-01-14"}`]);
    expect(await sent(`resident-${residentId}`, 'ResidentMovedOut', { on: '2027-01-14' }, { [`residents/${residentId}`]: {} })).toEqual([]);
    const account = { [`rent_accounts/${accountId}`]: { residentId } };
    expect(await sent(`rentAccount-${accountId}`, 'HousingBenefitClaimed', { on: '2026-09-03' }, account)).toEqual(['NoteBenefitClaim resident {"on":"2026-09-03"}']);
    expect(await sent(`rentAccount-${accountId}`, 'HousingBenefitAwarded', {}, account)).toEqual(['NoteBenefitClaim resident {"on":"2026-09-03"}']);
  });
});
