import { plusMonths } from '../../../kernel/days.js';
import type { CertificateFacts, ComplianceCertificate } from './certificate.js';

type Kind = CertificateFacts['kind'];

/** For how many months a certificate is good by law; kinds that are not here run out on the day that it says, or never. */
const STATUTORY: Partial<Readonly<Record<Kind, number>>> = {
  // UK-S1, UK-S3, UK-S6, UK-S7 and, for a lift, UK-S10.
  gas_safety: 12,
  eicr: 60,
  epc: 120,
  hmo_licence: 60,
  lift: 6,
};
/** Kinds for which the law says no more than "regularly": the organisation's figure (UK-S5, UK-S8). */
export const BY_POLICY: Partial<Readonly<Record<Kind, string>>> = { fra: 'UK-S5.months', pat: 'UK-S8.months' };

/** So long before its last day a gas check may be made and the date is kept (UK-S1). */
const EARLY_MONTHS = 2;

/**
 * The last day that a satisfactory certificate is good for, where it does not say one itself; undefined where nothing
 * makes it run out. A gas check in the two months before the last day of the one before keeps that date, a year on.
 * @param before the certificates of the property. @param figure a policy figure in months, by its code.
 */
export function lastDayOf(
  { kind, issuedOn, outcome }: Pick<CertificateFacts, 'kind' | 'issuedOn' | 'outcome'>,
  before: readonly ComplianceCertificate[],
  figure: (code: string) => number,
): string | undefined {
  if (outcome !== 'satisfactory') return undefined;
  const byPolicy = BY_POLICY[kind];
  const months = byPolicy ? figure(byPolicy) : STATUTORY[kind];
  if (months === undefined) return undefined;
  const due = kind === 'gas_safety' ? dueBefore(issuedOn, before) : undefined;
  const early = due !== undefined && plusMonths(due, -EARLY_MONTHS) <= issuedOn && issuedOn <= due;
  return plusMonths(early ? due : issuedOn, months);
}

/** The last day of the gas check before one that was made on a day. */
function dueBefore(issuedOn: string, certificates: readonly ComplianceCertificate[]): string | undefined {
  const earlier = certificates.filter((one) => one.kind === 'gas_safety' && one.outcome === 'satisfactory' && one.issuedOn < issuedOn);
  return earlier.reduce<ComplianceCertificate | undefined>((last, one) => (last && one.issuedOn < last.issuedOn ? last : one), undefined)?.expiresOn ?? undefined;
}
