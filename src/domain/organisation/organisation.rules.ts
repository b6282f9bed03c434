import { declareRules } from '../../kernel/rules.js';

declareRules(
  'organizations',
  {
    'ORG-2': 'A tier has limits of residents and properties; nobody changes to one whose limits are exceeded.',
    'ORG-3': 'A charity number has six or seven digits, a company number eight letters or digits.',
    'ORG-5': 'An organisation that has an owner keeps one.',
  },
  {
    later: {
      'ORG-1': 'An organisation is not its own parent, over three levels at most.',
      'ORG-4': 'A parent sees a child’s data only where the child shares them.',
    },
  },
);

declareRules('organization_policies', {
  'POL-1': 'A policy is one that the product has, and its figure lies within its bounds.',
});

declareRules('bank_holiday_calendars', {
  'BHC-1': 'A deadline in working days lies in the years that the calendar of bank holidays covers.',
  'BHC-2': 'A calendar of bank holidays covers whole years, one after the other.',
});

declareRules(
  'user_organizations',
  {
    'MEM-1': 'Nobody is a member of an organisation twice, or invited twice at once.',
    'MEM-3': 'An invitation is used once, with its own token, within its seven days.',
    'MEM-4': 'The last owner cannot be removed, suspended or given another role.',
    'MEM-5': 'The role resident goes with a resident’s record, and no other role does.',
    'MEM-6': 'Nobody gives, changes or ends a membership in a role above their own.',
  },
  { later: { 'MEM-2': 'One of a user’s organisations is the primary one.' } },
);

declareRules('roles_permissions', {
  'ROL-1': 'System roles are the product’s: nobody changes them, and no other role has the name of one.',
  'ROL-2': 'A permission is one of the catalogue, written table:verb, or a pattern of such.',
  'ROL-3': 'Nobody grants what they may not do themselves.',
  'ROL-4': 'A role that somebody has, or is invited to, is not retired.',
  'ROL-5': 'Duties that must lie with two people are not joined in one role.',
});

declareRules('users', {
  'USR-1': 'An e-mail address is valid, and belongs to one user.',
  'USR-2': 'Five failed sign-ins within 15 minutes lock for 30.',
  'USR-3': 'Nobody deactivates themselves, or the last owner of an organisation.',
  'USR-4': 'Who is key worker of a resident, or leads or has work in an open incident, is not deactivated before it is reassigned.',
  'USR-5': 'Where the organisation requires it, admins, managers, data protection officers and finance sign in with a second factor.',
  'USR-6': 'Sessions and tokens of a deactivated user end at once.',
  'NOT-4': 'An emergency is told to everybody whom it concerns: nothing turns it off.',
  'NOT-5': 'Who wants to be told by text message has a mobile number.',
  'NOT-6': 'Quiet hours have a beginning and an end.',
});
