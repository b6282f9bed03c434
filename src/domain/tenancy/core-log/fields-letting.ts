import { open, personal, pseudonymous } from '../../../kernel/privacy.js';
import { codes, shaped, whole, words } from './answer-form.js';
import { section, when, type CoreField } from './core-field.js';
import { inward, laCode, newLetting, outward, supported } from './shared-forms.js';

const setup = section('Setting up this lettings log');
const property = section('Property information');
const tenancy = section('Tenancy information');

const general = when('it is general needs housing (field 4 is 1)', (row) => !row.isSupported);
const relet = when('it is a re-let (field 7 is 2, field 16 is not 15, 16 or 17)', (row) => !row.isRenewal && !row.isFirstLet);
/** Two digits or four: the service takes both. */
const year = shaped(/^(\d{2}|\d{4})$/, 4, '26 - 27');
const pastYear = shaped(/^(\d{2}|\d{4})$/, 4, '07 - 27');
const place = personal('location');
const address = 'Yes, if address provided instead of UPRN';

/** Questions 1 to 40: the letting, the property and the agreement. */
export const lettingFields: readonly CoreField[] = [
  setup(1, 'Which organisation owns this property?', shaped(/^[A-Za-z0-9]+$/, 20, 'Alphanumeric'), open, { duplicate: 'Yes' }),
  setup(2, 'Which organisation manages this letting?', shaped(/^[A-Za-z0-9]+$/, 20, 'Alphanumeric'), open),
  setup(3, 'What is the CORE username of the account this letting log should be assigned to?', shaped(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 254, 'Email format'), personal('contact'), { required: false }),
  setup(4, 'What is the needs type?', codes('1-2'), open),
  setup(5, 'What scheme does this letting belong to?', shaped(/^[A-Za-z0-9]+$/, 20, 'Alphanumeric'), open, { asked: supported, applies: 'Supported housing only' }),
  setup(6, 'Which location is this letting for?', shaped(/^\d+$/, 10, 'Numeric'), open, { asked: supported }),
  setup(7, 'Is this letting a renewal of social housing to the same tenant in the same property?', codes('1-2'), open),
  setup(8, 'What is the tenancy start date? - day DD', whole(1, 31), pseudonymous, { duplicate: 'Yes' }),
  setup(9, 'What is the tenancy start date? - month MM', whole(1, 12), pseudonymous, { duplicate: 'Yes' }),
  setup(10, 'What is the tenancy start date? - year YY', year, pseudonymous, { duplicate: 'Yes' }),
  setup(11, 'What is the rent type?', codes('1-7'), open),
  setup(12, 'Which \'Other\' type of Intermediate Rent is this letting?', words(100), open, { asked: when('it is another intermediate rent product (field 11 is 6)', (row) => row.is(11, 6)), applies: 'Other Intermediate Rent only' }),
  setup(13, 'What is the tenant code?', words(13, 'Alphanumeric, max 13 characters'), pseudonymous, { required: false, duplicate: 'Yes' }),
  setup(14, 'What is the property reference?', words(12, 'Alphanumeric, max 12 characters'), open, { required: false }),
  setup(15, 'Has the tenant seen or been given access to the MHCLG privacy notice?', codes('1'), pseudonymous),
  property(16, 'What is the reason for the property being vacant?', codes('5-6 8-22'), pseudonymous, { required: newLetting }),
  property(17, 'What type was the property most recently let as?', codes('1-3 5-9'), open, { asked: relet }),
  property(18, 'If known, provide this property’s UPRN', shaped(/^\d{1,12}$/, 12, 'Numeric'), place, { required: false, duplicate: 'Yes, if UPRN provided instead of address' }),
  property(19, 'Address Line 1', words(100, 'Alphanumeric'), place, { required: false, duplicate: address }),
  property(20, 'Address Line 2', words(100), place, { required: false }),
  property(21, 'Town or city', words(100), place, { required: false }),
  property(22, 'County', words(100), place, { required: false }),
  property(23, 'Part 1 of the property\'s postcode', outward, place, { required: false, duplicate: address }),
  property(24, 'Part 2 of the property\'s postcode', inward, place, { required: false, duplicate: address }),
  property(25, 'What is the property\'s local authority?', laCode, place),
  property(26, 'What type of unit is the property?', codes('1-2 4 6-10'), open, { asked: general, applies: 'General needs only' }),
  property(27, 'Is the property built or adapted to wheelchair-user standards?', codes('1-2'), open, { asked: general, applies: 'General needs only' }),
  property(28, 'How many bedrooms does the property have?', whole(1, 12), open, { asked: general, required: when('it is no bedsit (field 26 is not 2)', (row) => !row.is(26, 2)), applies: 'General needs only' }),
  property(29, 'What is the void date? - day DD', whole(1, 31), open, { asked: newLetting }),
  property(30, 'What is the void date? - month MM', whole(1, 12), open, { asked: newLetting }),
  property(31, 'What is the void date? - year YY', pastYear, open, { asked: newLetting }),
  property(32, 'What date were any major repairs completed on? - day DD', whole(1, 31), open, { asked: relet, required: false }),
  property(33, 'What date were any major repairs completed on? - month MM', whole(1, 12), open, { asked: relet, required: false }),
  property(34, 'What date were any major repairs completed on? - year YY', pastYear, open, { asked: relet, required: false }),
  property(35, 'Is this property older people\'s housing?', codes('2-4 7-8'), open, { asked: supported, applies: 'Supported housing only' }),
  tenancy(36, 'Is this a joint tenancy?', codes('1-3'), pseudonymous),
  tenancy(37, 'Is this a starter tenancy?', codes('1-2'), pseudonymous),
  tenancy(38, 'What is the type of tenancy?', codes('2-8'), pseudonymous),
  tenancy(39, 'If \'Other\', what is the type of tenancy?', words(200), place, { asked: when('it is of another type (field 38 is 3)', (row) => row.is(38, 3)) }),
  tenancy(40, 'What is the length of the fixed-term tenancy to the nearest year?', whole(1, 99), pseudonymous, {
    asked: when('it is a fixed-term or periodic tenancy (field 38 is 4, 6 or 8)', (row) => row.is(38, 4, 6, 8)),
    required: when('the term is fixed (field 38 is 4 or 6)', (row) => row.is(38, 4, 6)),
  }),
];
