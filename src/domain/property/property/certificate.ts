import { Choice, CivilDate, Text } from '../../../kernel/fields.js';
import { open } from '../../../kernel/privacy.js';
import { UUID } from '../../../kernel/values.js';

export const CertificateKind = {
  gas_safety: 'gas_safety',
  eicr: 'eicr',
  fra: 'fra',
  fire_alarm: 'fire_alarm',
  emergency_lighting: 'emergency_lighting',
  epc: 'epc',
  pat: 'pat',
  legionella: 'legionella',
  asbestos: 'asbestos',
  hmo_licence: 'hmo_licence',
  co_smoke: 'co_smoke',
  lift: 'lift',
  water_hygiene: 'water_hygiene',
} as const;
export const CertificateOutcome = { satisfactory: 'satisfactory', unsatisfactory: 'unsatisfactory' } as const;
type Kind = (typeof CertificateKind)[keyof typeof CertificateKind];
type Outcome = (typeof CertificateOutcome)[keyof typeof CertificateOutcome];

/** What a compliance certificate says. Without `expiresOn` it runs out when the law says, or does not run out. */
export class CertificateFacts {
  @Choice(open, 'CertificateKind', CertificateKind) kind!: Kind;
  @Text(open, { optional: true, max: 60 }) number?: string;
  @CivilDate(open) issuedOn!: string;
  @Choice(open, 'CertificateOutcome', CertificateOutcome) outcome!: Outcome;
  @CivilDate(open, { optional: true, doc: 'The last day that it is good for; by law where it is left out, such as 12 months for gas' }) expiresOn?: string;
  @Text(open, { optional: true, max: 36, pattern: UUID }) documentId?: string;
  @Text(open, { optional: true, max: 36, pattern: UUID }) inspectionId?: string;
}
/** A certificate of a property. */
export class ComplianceCertificate extends CertificateFacts {
  id!: string;
  @CivilDate(open, { optional: true, doc: 'The last day that it was good for, once that is past and nothing has come in its stead' }) expiredOn?: string;
}

/** So many days before a certificate runs out, and on its last day, it is told. */
export const ALERTS = [90, 60, 30, 7, 0] as const;
/** The deadlines of a certificate: side by side for each kind of it. */
export const CERTIFICATE_DEADLINES = ['UK-S3', 'PRP-certificate', ...ALERTS.map((days) => `PRP-certificate-${days}`)];

/** Without these in order nobody moves in (PRP-7). */
const gates: readonly (readonly [Kind, string])[] = [
  ['gas_safety', 'gas safety certificate'],
  ['eicr', 'electrical certificate (EICR)'],
  ['fra', 'fire risk assessment'],
];

/** The certificate of a kind that counts: the one issued last, of two on one day the one recorded last. */
export const currentCertificate = (certificates: readonly ComplianceCertificate[], kind: Kind): ComplianceCertificate | undefined =>
  certificates.filter((one) => one.kind === kind).reduce<ComplianceCertificate | undefined>(
    (last, one) => (last && one.issuedOn < last.issuedOn ? last : one),
    undefined,
  );

/** Why nobody may move in on a date, as a sentence; undefined where nothing that is known forbids it. */
export function complianceProblem(certificates: readonly ComplianceCertificate[], on: string): string | undefined {
  for (const [kind, name] of gates) {
    const { outcome, expiresOn } = currentCertificate(certificates, kind) ?? {};
    if (outcome === 'unsatisfactory') return `The ${name} of the property is unsatisfactory.`;
    if (expiresOn !== undefined && expiresOn !== null && expiresOn < on) return `The ${name} of the property expired on ${expiresOn}.`;
  }
  return undefined;
}
