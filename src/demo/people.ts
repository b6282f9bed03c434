/** Who signs in to the demonstration, in which role; the last one in a second, empty organisation. */
export const DEMO_PEOPLE = [
  { email: 'owner@demo.example', role: 'owner', firstName: 'Olive', lastName: 'Mensah' },
  { email: 'manager@demo.example', role: 'manager', firstName: 'Priya', lastName: 'Raman' },
  { email: 'keyworker@demo.example', role: 'key_worker', firstName: 'Kofi', lastName: 'Boateng' },
  { email: 'finance@demo.example', role: 'finance', firstName: 'Femi', lastName: 'Adeyemi' },
  { email: 'auditor@demo.example', role: 'auditor', firstName: 'Ola', lastName: 'Nowak' },
  { email: 'dpo@demo.example', role: 'dpo', firstName: 'Dee', lastName: 'Walsh' },
  { email: 'manager@other.example', role: 'manager', firstName: 'Mo', lastName: 'Lindqvist' },
] as const;

/** First and last names of invented residents. */
export const FIRST_NAMES = [
  'Jordan', 'Amara', 'Tyler', 'Zainab', 'Callum', 'Leila', 'Marcus', 'Chloe', 'Idris', 'Niamh', 'Reece', 'Fatima', 'Dylan', 'Sofia', 'Kwame',
  'Ellie', 'Hassan', 'Megan', 'Andrei', 'Jasmine', 'Connor', 'Yusuf', 'Holly', 'Samir', 'Beth', 'Luca', 'Ayesha', 'Owen', 'Maya', 'Kieran',
] as const;
export const LAST_NAMES = [
  'Ellis', 'Okoro', 'Bennett', 'Hussain', 'Murray', 'Haddad', 'Reid', 'Foster', 'Ali', 'Byrne', 'Campbell', 'Rahman', 'Price', 'Marino', 'Asante',
  'Hughes', 'Farah', 'Walker', 'Popescu', 'Clarke', 'Doyle', 'Demir', 'Barnes', 'Khan', 'Owens', 'Rossi', 'Malik', 'Griffin', 'Patel', 'Nolan',
] as const;
