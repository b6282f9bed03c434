import { changing, CommandOf } from '../../../kernel/command.js';
import { Choice, Text } from '../../../kernel/fields.js';
import { pseudonymous, special } from '../../../kernel/privacy.js';
import { Refusal, rule } from '../../../kernel/rules.js';
import { isNationalInsuranceNumber, isPupilNumber, withoutSpaces } from '../identifiers.js';
import { checkNhsNumber, NhsNumberFacts } from '../person.js';
import '../resident.rules.js';
import { ResidentIdentifierRecorded, ResidentNationalInsuranceNumberRecorded, ResidentNhsNumberRecorded } from './resident-events.js';
import { IdentifierFacts, NationalInsuranceFacts, Resident } from './resident.js';

/** Who knows somebody by what is recorded: the NHS, the tax office, schools, the local authority, the Home Office, who pays Universal Credit. */
export const IdentifierKind = { nhs: 'nhs', nino: 'nino', upn: 'upn', la_case: 'la_case', home_office: 'home_office', uc: 'uc' } as const;
type Kind = keyof typeof IdentifierKind;

@CommandOf(Resident, { permission: 'residents:record-nhs-number', doc: 'Records the NHS number; null takes it out again.' })
export class RecordNhsNumber extends changing(Resident, NhsNumberFacts) {
  decide(resident: Resident) {
    resident.checkOpen();
    return nhsNumberRecorded(this.nhsNumber, 'nhsNumber');
  }
}

@CommandOf(Resident, {
  permission: 'residents:record-national-insurance-number',
  doc: 'Records the National Insurance number; null takes it out again.',
})
export class RecordNationalInsuranceNumber extends changing(Resident, NationalInsuranceFacts) {
  decide(resident: Resident) {
    resident.checkOpen();
    return nationalInsuranceNumberRecorded(this.nationalInsuranceNumber, 'nationalInsuranceNumber');
  }
}

/** The field of the facts for each kind that has no event of its own. */
const fieldOf: Readonly<Record<Exclude<Kind, 'nhs' | 'nino'>, keyof IdentifierFacts>> = {
  upn: 'pupilNumber', la_case: 'laCaseReference', home_office: 'homeOfficeReference', uc: 'universalCreditReference',
};

class IdentifierValue {
  @Text(special('statutoryCase'), { optional: true, max: 60, doc: 'The number or reference; null for none' }) value?: string;
}
@CommandOf(Resident, { permission: 'residents:record-identifier', doc: 'Records what others call somebody; null takes it out again.' })
export class RecordIdentifier extends changing(Resident, IdentifierValue) {
  @Choice(pseudonymous, 'IdentifierKind', IdentifierKind) kind!: Kind;
  decide(resident: Resident) {
    resident.checkOpen();
    const { kind, value } = this;
    if (value === undefined) throw new Refusal('VALIDATION', 'Say what the number or reference is, or null for none.', { field: 'value' });
    if (kind === 'nhs') return nhsNumberRecorded(value && withoutSpaces(value), 'value');
    if (kind === 'nino') return nationalInsuranceNumberRecorded(value && compact(value), 'value');
    if (kind !== 'upn') return ResidentIdentifierRecorded.of({ [fieldOf[kind]]: value });
    const pupilNumber = value && compact(value);
    rule('RES-8', 'This is no unique pupil number, such as A123456789012 would be.', !pupilNumber || isPupilNumber(pupilNumber), 'value');
    return ResidentIdentifierRecorded.of({ pupilNumber });
  }
}

type Given = string | null | undefined;
const compact = (text: string): string => withoutSpaces(text).toUpperCase();

/** @throws Refusal RES-8 */
function nhsNumberRecorded(nhsNumber: Given, field: string): ResidentNhsNumberRecorded {
  if (typeof nhsNumber === 'string') checkNhsNumber(nhsNumber, field);
  return ResidentNhsNumberRecorded.of({ nhsNumber });
}
/** @throws Refusal RES-8 */
function nationalInsuranceNumberRecorded(number: Given, field: string): ResidentNationalInsuranceNumberRecorded {
  const wellFormed = typeof number !== 'string' || isNationalInsuranceNumber(number);
  rule('RES-8', 'This is no National Insurance number, such as AB123456C would be.', wellFormed, field);
  return ResidentNationalInsuranceNumberRecorded.of({ nationalInsuranceNumber: number });
}
