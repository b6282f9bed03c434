import { counts } from './consent-capacity.js';
import type { Consent } from './resident/consent.js';

/** What somebody consents to when others are told of them: of their health, for a health service. */
const purposes = {
  health: ['health_information', 'information_sharing', 'data_sharing'],
  education: ['information_sharing', 'data_sharing'],
  employment: ['information_sharing', 'data_sharing'],
  legal: ['information_sharing', 'data_sharing'],
  housing: ['information_sharing', 'data_sharing'],
} as const satisfies Readonly<Record<string, readonly Consent['purpose'][]>>;

export type ReferredTo = keyof typeof purposes;

/** What is to be consented to before somebody is referred to such a service, in words. */
export const wantedFor = (type: ReferredTo): string => purposes[type].join(' or ').replaceAll('_', ' ');

/** Consents that a referral to such a service may rest on (REF-1). @param age whole years; undefined where it is not known. */
export function consentsFor(type: ReferredTo, consents: readonly Consent[], today: string, age: number | undefined): Consent[] {
  const wanted: readonly string[] = purposes[type];
  return consents.filter((one) => wanted.includes(one.purpose) && counts(one, today, age));
}
