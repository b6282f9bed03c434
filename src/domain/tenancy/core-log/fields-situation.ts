import { personal, pseudonymous, special } from '../../../kernel/privacy.js';
import { codes, money, tick, words } from './answer-form.js';
import { section, when, type CoreField } from './core-field.js';
import { inward, laCode, newLetting, outward, supported } from './shared-forms.js';

const situation = section('Household situation');
const income = section('Income, benefits and outgoings');
const told = personal('location');
/** Why somebody left, and where they were before: prison, a refuge, a children's home. */
const delicate = special('safeguarding');
const preferred = when('reasonable preference was given (field 121 is 1)', (row) => row.is(121, 1));
const tickOfPreference = { asked: preferred, required: false };
const known = when('the income is known (field 135 is 1)', (row) => row.is(135, 1));
const charged = when('rent or charges are paid (field 140 is not 1)', (row) => row.isCharged);
const purse = personal('finance');
const postcodeKnown = when('the postcode is known (field 117 is 1)', (row) => !row.isRenewal && row.is(117, 1));

/** Questions 111 to 147: where the household comes from, and what it lives on. */
export const situationFields: readonly CoreField[] = [
  situation(111, 'How long has the household continuously lived in the local authority area of the new letting?', codes('1-2 6-12'), told),
  situation(112, 'How long has the household been on the local authority housing register (or waiting list) for the area of the new letting?', codes('2 6-13'), told, { asked: newLetting }),
  situation(113, 'What is the tenant’s main reason for the household leaving their last settled home?', codes('1-2 4 8-14 16-20 28-31 34 44-57'), delicate),
  situation(114, 'If \'Other\', what was the main reason for leaving their last settled home?', words(200), delicate, { asked: when('there was another reason (field 113 is 20)', (row) => row.is(113, 20)) }),
  situation(115, 'Where was the household immediately before this letting?', codes('3-4 6-7 9-10 13-14 18-19 21 23-33 35 37-40'), delicate),
  situation(116, 'Did the household experience homelessness immediately before this letting?', codes('1 11'), told),
  situation(117, 'Do you know the postcode of the household\'s last settled home?', codes('1-2'), told, { asked: newLetting }),
  situation(118, 'Part 1 of postcode of last settled home', outward, told, { asked: postcodeKnown }),
  situation(119, 'Part 2 of postcode of last settled home', inward, told, { asked: postcodeKnown }),
  situation(120, 'What is the local authority of the household\'s last settled home?', laCode, told, { asked: newLetting, required: false }),
  situation(121, 'Was the household given \'reasonable preference\' by the local authority?', codes('1-3'), told),
  situation(122, 'Reasonable preference reason: They were homeless or about to lose their home (within 56 days)', tick, told, tickOfPreference),
  situation(123, 'Reasonable preference reason: They were living in unsanitary, overcrowded or unsatisfactory housing', tick, told, tickOfPreference),
  situation(124, 'Reasonable preference reason: They needed to move due to medical and welfare reasons (including disability)', tick, delicate, tickOfPreference),
  situation(125, 'Reasonable preference reason: They needed to move to avoid hardship to themselves or others', tick, told, tickOfPreference),
  situation(126, 'Reasonable preference reason: Don\'t know', tick, told, tickOfPreference),
  situation(127, 'How was this letting allocated? Choice based Lettings (CBL)', codes('1-2'), pseudonymous),
  situation(128, 'How was this letting allocated? Common Allocations Policy (CAP)', codes('1-2'), pseudonymous),
  situation(129, 'How was this letting allocated? Common Housing Register (CHR)', codes('1-2'), pseudonymous),
  situation(130, 'How was this letting allocated? Accessible Housing Register', codes('1-2'), pseudonymous),
  situation(131, 'What was the source of referral for this letting? - LA properties', codes('1-4'), told, { required: false, applies: 'Local authority owned properties' }),
  situation(132, 'What was the source of referral for this letting? - PRP properties part 1', codes('5-9'), told, { required: false, applies: 'PRP owned properties' }),
  situation(133, 'What was the source of referral for this letting? - PRP properties part 2', codes('1-8'), told, { required: false }),
  situation(134, 'What was the source of referral for this letting? - PRP properties part 3', codes('1-20'), delicate, { required: false }),
  income(135, 'Do you know the household\'s combined total income after tax?', codes('1-3'), purse),
  income(136, 'How often does the household receive income?', codes('1-3'), purse, { asked: known }),
  income(137, 'How much income does the household have in total?', money, purse, { asked: known }),
  income(138, 'Is the tenant likely to be receiving any of these housing-related benefits?', codes('1 3 6 9-10'), purse),
  income(139, 'How much of the household\'s income is from Universal Credit, state pensions or benefits?', codes('1-4'), purse),
  income(140, 'Does the household pay rent or other charges for the accommodation?', codes('0-1'), pseudonymous, { required: supported, applies: 'Supported housing only' }),
  income(141, 'How often does the household pay rent and other charges?', codes('1-11'), pseudonymous, { asked: charged }),
  income(142, 'What is the basic rent?', money, pseudonymous, { asked: charged, duplicate: 'Yes, all charges together' }),
  income(143, 'What is the service charge?', money, pseudonymous, { asked: charged, duplicate: 'Yes, all charges together' }),
  income(144, 'What is the personal service charge?', money, pseudonymous, { asked: charged, duplicate: 'Yes, all charges together' }),
  income(145, 'What is the support charge?', money, pseudonymous, { asked: charged, duplicate: 'Yes, all charges together' }),
  income(146, 'After the household has received any housing-related benefits, will they still need to pay for rent and charges?', codes('1-3'), purse, { asked: when('rent or charges are paid and housing-related benefits received (field 138 is 1 or 6)', (row) => row.isCharged && row.hasHousingBenefit) }),
  income(147, 'What do you expect the outstanding amount to be?', money, purse, { asked: when('something is left to pay (field 146 is 1)', (row) => row.is(146, 1)) }),
];
