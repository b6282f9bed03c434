import type { Chapter } from './chapters.js';

/** What is recorded of everybody beside their stay, and where they are referred to; who never moves in is also referred to us. */
export const referredAndKept: Chapter = async (speaker, cast, person, about) => {
  const { manager, ids } = cast;
  const { residentId } = person;
  const say = speaker.say.bind(speaker);
  await say(manager, 'AddAlert', residentId, { hactCode: 'code_20_30' });
  await say(manager, 'RecordPlacementPlan', residentId);
  await say(manager, 'DepositPossessions', residentId, { valuePence: 2_500 });
  const [possession] = await manager.rows(`/resident-possessions?residentId=${residentId}`);
  await say(manager, 'ReturnPossessions', residentId, { possessionId: possession!.id });
  speaker.of(`sibling of ${about}`);
  const { id: siblingId } = await say(manager, 'RegisterApplicant', undefined);
  speaker.of(about);
  for (const command of ['RecordSibling', 'RemoveSibling', 'RecordSibling']) await say(manager, command, residentId, { siblingId });
  const [sibling] = await manager.rows(`/resident-siblings?ofResidentId=${residentId}`);
  ids['resident_siblings'] = sibling!.id;
  const service = await say(manager, 'RegisterReferralService', undefined, { name: `Service for the ${about}`, status: 'active' });
  const made = async (): Promise<string> =>
    (await say(manager, 'MakeReferral', undefined, { residentId, referralType: 'health', serviceId: service.id })).id;
  await say(manager, 'CancelReferral', await made());
  await say(manager, 'DeclineReferral', await made(), { reasonCode: 'other' });
  const referral = await made();
  await say(manager, 'RequestInformation', referral);
  await say(manager, 'ScheduleFollowUp', referral, { followUpDate: '2026-08-10' });
  await say(manager, 'AcceptReferral', referral);
  await say(manager, 'RecordReferralOutcome', referral);
  const [alert] = await manager.rows(`/person-alerts?residentId=${residentId}`);
  Object.assign(ids, { referrals: referral, referral_services: service.id, resident_possessions: possession!.id, person_alerts: alert!.id });
  if (!person.placementId) await applied(speaker, cast, person, about);
};

/** Referred to us, declined, referred again and withdrawn; and a record that turns out to be another person's, who dies. */
const applied: Chapter = async (speaker, { manager }, { residentId }, about) => {
  const say = speaker.say.bind(speaker);
  await say(manager, 'ReceiveReferral', undefined, { residentId });
  await say(manager, 'DeclineApplication', residentId, { reasonCode: 'other' });
  await say(manager, 'ReceiveReferral', undefined, { residentId });
  await say(manager, 'WithdrawApplication', residentId);
  speaker.of(`twin of ${about}`);
  const { id: twin } = await say(manager, 'RegisterApplicant', undefined);
  await say(manager, 'MergeDuplicate', twin, { survivorId: residentId });
  await say(manager, 'UndoMerge', twin);
  await say(manager, 'RecordDeath', twin);
  speaker.of(about);
};
