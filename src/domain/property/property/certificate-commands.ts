import { CommandOf, commandWith, type Context } from '../../../kernel/command.js';
import { factsOf } from '../../../kernel/entity.js';
import { rule } from '../../../kernel/rules.js';
import { plusDays } from '../../../kernel/values.js';
import { type Deadline, deadlineMissed, inCalendarDays, onDay } from '../../deadline.js';
import { policy } from '../../policies.js';
import '../property.rules.js';
import { ALERTS, CertificateFacts, currentCertificate } from './certificate.js';
import { lastDayOf } from './certificate-term.js';
import { ComplianceCertificateExpired, ComplianceCertificateExpiring, ComplianceCertificateRecorded, ElectricalRemedyOverdue, Property } from './property.js';

/** What is told of a certificate that counts: on days that are still to come. */
function deadlinesOf(kind: string, expiresOn: string, context: Context): Record<string, Deadline> {
  // Told at the beginning of a day: the day before is the last one in time.
  const alerts = ALERTS.flatMap((days) => {
    const by = plusDays(expiresOn, -days - 1);
    return by < context.today ? [] : [[`alert${days}`, onDay(context, `PRP-certificate-${days}`, by, { key: kind })] as const];
  });
  const over = expiresOn < context.today ? [] : [['expiry', onDay(context, 'PRP-certificate', expiresOn, { key: kind })] as const];
  return Object.fromEntries([...over, ...alerts]);
}

/** An electrical installation that is found unsafe is put right within 28 days (UK-S3). */
function remedyOf({ kind, outcome, issuedOn }: CertificateFacts, context: Context): { remedyDue?: Deadline } {
  if (kind !== 'eicr' || outcome !== 'unsatisfactory') return {};
  return { remedyDue: inCalendarDays(context, 'UK-S3', issuedOn, policy(context, 'UK-S3.days'), { key: kind }) };
}

@CommandOf(Property, {
  permission: 'properties:record-compliance-certificate',
  doc: 'Records a certificate; of each kind the one issued last counts. Its last day is that of the law where it is left out. It is told before it runs out, and when it has.',
  from: ['active', 'maintenance'],
  effective: 'issuedOn',
})
export class RecordComplianceCertificate extends commandWith(Property, CertificateFacts) {
  decide(property: Property, context: Context) {
    const { kind, issuedOn } = this;
    const expiresOn = this.expiresOn ?? lastDayOf(this, property.certificates, (code) => policy(context, code));
    rule('PRP-6', 'A certificate is issued today or earlier.', issuedOn <= context.today, 'issuedOn');
    rule('PRP-6', 'A certificate expires after it is issued.', !expiresOn || expiresOn > issuedOn, 'expiresOn');
    const standing = currentCertificate(property.certificates, kind);
    const counts = !standing || issuedOn >= standing.issuedOn;
    const followed = counts ? { renews: kind, ...(expiresOn ? deadlinesOf(kind, expiresOn, context) : {}), ...remedyOf(this, context) } : {};
    return ComplianceCertificateRecorded.of({ ...factsOf(this, CertificateFacts), ...(expiresOn ? { expiresOn } : {}), certificateId: context.newId('certificate'), ...followed });
  }
}

@CommandOf(Property, { internal: true, doc: 'A certificate comes near its end.' })
export class ReportCertificateExpiring extends deadlineMissed(Property) {
  decide({ status, certificates }: Property) {
    const { id: certificateId, kind, expiresOn } = currentCertificate(certificates, this.key as CertificateFacts['kind']) ?? {};
    const daysLeft = ALERTS.find((days) => this.code === `PRP-certificate-${days}`);
    if (status === 'inactive' || !certificateId || !kind || !expiresOn || daysLeft === undefined) return [];
    return ComplianceCertificateExpiring.of({ certificateId, kind, expiresOn, daysLeft });
  }
}

@CommandOf(Property, { internal: true, doc: 'A certificate has run out.' })
export class ReportCertificateExpired extends deadlineMissed(Property) {
  decide({ status, certificates }: Property, { today }: Context) {
    const current = currentCertificate(certificates, this.key as CertificateFacts['kind']);
    if (status === 'inactive' || !current?.expiresOn || current.expiredOn || current.expiresOn >= today) return [];
    return ComplianceCertificateExpired.of({ certificateId: current.id, kind: current.kind, expiredOn: current.expiresOn });
  }
}

@CommandOf(Property, { internal: true, doc: 'The time to put an electrical installation right is over.' })
export class ReportElectricalRemedyMissing extends deadlineMissed(Property) {
  decide({ status, certificates }: Property) {
    const { id: certificateId, outcome } = currentCertificate(certificates, 'eicr') ?? {};
    if (status === 'inactive' || !certificateId || outcome !== 'unsatisfactory') return [];
    return ElectricalRemedyOverdue.of({ certificateId, dueAt: this.dueAt });
  }
}
