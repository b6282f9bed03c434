import { uuidOf } from '../kernel/values.js';

/** A row as it was read, with its special values opened. */
type Row = Readonly<Record<string, unknown>>;
/** What a referral's message is made from. */
export interface ReferralMessageParts {
  readonly referral: Row;
  readonly resident: Row;
  /** Who refers. */
  readonly organization: Row;
  /** The house where the resident lives; absent where they live in none of ours. */
  readonly property?: Row | undefined;
}

const NHS = 'https://fhir.nhs.uk';
const UK_CORE = 'https://fhir.hl7.org.uk';
const PRIORITY: Readonly<Record<string, string>> = { routine: 'routine', urgent: 'urgent', emergency: 'stat' };
const STATUS: Readonly<Record<string, string>> = { pending: 'active', accepted: 'active', completed: 'completed', declined: 'revoked', cancelled: 'revoked' };
const GENDER: Readonly<Record<string, string>> = { m: 'male', male: 'male', man: 'male', f: 'female', female: 'female', woman: 'female' };

const textOf = (row: Row, name: string): string | undefined => {
  const value = row[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const coded = (system: string, code: string): object => ({ coding: [{ system, code }] });
/** Values that are there: FHIR has no nulls and no empty texts. */
const present = (values: Readonly<Record<string, unknown>>): object => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function patient({ resident, property }: ReferralMessageParts): object {
  const nhsNumber = textOf(resident, 'nhsNumber');
  const telecom = [['phone', textOf(resident, 'phone')], ['email', textOf(resident, 'email')]].filter(([, value]) => value !== undefined).map(([system, value]) => ({ system, value }));
  // Where somebody is safe only while nobody knows the house, it is told to nobody.
  const address = property && property['confidentialLocation'] !== true ? textOf(property, 'address') : undefined;
  return present({
    resourceType: 'Patient',
    identifier: nhsNumber ? [{
      extension: [{
        url: `${UK_CORE}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus`,
        valueCodeableConcept: coded(`${UK_CORE}/CodeSystem/UKCore-NHSNumberVerificationStatus`, 'number-present-but-not-traced'),
      }],
      system: `${NHS}/Id/nhs-number`,
      value: nhsNumber,
    }] : undefined,
    name: [{ use: 'official', family: textOf(resident, 'lastName'), given: [textOf(resident, 'firstName')] }],
    telecom: telecom.length > 0 ? telecom : undefined,
    gender: GENDER[(textOf(resident, 'sexAtBirth') ?? '').toLowerCase()],
    birthDate: textOf(resident, 'dateOfBirth'),
    address: address ? [{ use: 'home', text: address }] : undefined,
  });
}

function serviceRequest({ referral }: ReferralMessageParts, to: Readonly<Record<'patient' | 'sender' | 'service', string>>): object {
  const notes = textOf(referral, 'notes');
  return present({
    resourceType: 'ServiceRequest',
    identifier: [{ system: 'urn:ietf:rfc:3986', value: `urn:uuid:${String(referral['id'])}` }, { system: 'urn:yuthub:referral', value: textOf(referral, 'reference') }],
    status: STATUS[String(referral['status'])],
    intent: 'order',
    category: [coded(`${NHS}/CodeSystem/message-category-servicerequest`, 'referral')],
    priority: PRIORITY[String(referral['urgency'])],
    subject: { reference: to.patient },
    occurrencePeriod: { start: textOf(referral, 'referralDate'), end: textOf(referral, 'responseDueAt') },
    authoredOn: textOf(referral, 'referralDate'),
    requester: { reference: to.sender },
    performer: [{ reference: to.service }],
    reasonCode: [{ text: textOf(referral, 'reason') }],
    note: notes ? [{ text: notes }] : undefined,
  });
}

/** Whether it is new to the service, something about it has changed, or it is taken back. */
function reasonOf(status: unknown): string {
  if (status === 'pending') return 'new';
  return status === 'cancelled' ? 'delete' : 'update';
}

/**
 * A referral to a health service as a message of FHIR R4, in the shape of the NHS standard for booking and referral: header,
 * service request, patient, and who refers to whom. The same revision gives the same message, byte for byte.
 */
export function referralMessage(parts: ReferralMessageParts): object {
  const { referral, organization } = parts;
  const [id, revision] = [String(referral['id']), String(referral['streamRevision'])];
  const uuid = (part: string): string => uuidOf('fhir', id, revision, part);
  const to = { patient: `urn:uuid:${uuid('patient')}`, sender: `urn:uuid:${uuid('sender')}`, service: `urn:uuid:${uuid('service')}` };
  const hsdsServiceId = textOf(referral, 'hsdsServiceId');
  const resources: [string, object][] = [
    ['header', {
      resourceType: 'MessageHeader',
      eventCoding: { system: `${NHS}/CodeSystem/message-events-bars`, code: 'servicerequest-request' },
      destination: [{ receiver: { reference: to.service }, endpoint: hsdsServiceId ?? to.service }],
      sender: { reference: to.sender },
      source: { name: textOf(organization, 'name'), software: 'YUTHUB', endpoint: `urn:uuid:${String(organization['id'])}` },
      reason: coded(`${NHS}/CodeSystem/message-reason-bars`, reasonOf(referral['status'])),
      focus: [{ reference: `urn:uuid:${uuid('request')}` }],
    }],
    ['request', serviceRequest(parts, to)],
    ['patient', patient(parts)],
    ['sender', { resourceType: 'Organization', name: textOf(organization, 'name') }],
    ['service', present({ resourceType: 'HealthcareService', identifier: hsdsServiceId ? [{ system: 'urn:hsds:service', value: hsdsServiceId }] : undefined, name: textOf(referral, 'serviceProvider') })],
  ];
  const entry = resources.map(([part, resource]) => ({ fullUrl: `urn:uuid:${uuid(part)}`, resource: { ...resource, id: uuid(part) } }));
  return { resourceType: 'Bundle', id: uuid('bundle'), type: 'message', timestamp: textOf(referral, 'updatedAt'), entry };
}
