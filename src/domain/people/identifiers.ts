const NINO = /^(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/;

/** Without the spaces that people write into it. */
export const withoutSpaces = (text: string): string => text.replaceAll(/\s+/g, '');

/** Whether ten digits are an NHS number: weights 10 to 2, the last digit checks them (modulo 11; a check of 10 is none). */
export function isNhsNumber(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  const digits = [...text].map(Number);
  const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (10 - index), 0);
  return (11 - (sum % 11)) % 11 === digits[9];
}

/** Whether a text is a National Insurance number, upper case without spaces. */
export const isNationalInsuranceNumber = (text: string): boolean => NINO.test(text);

const UPN = /^[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]$/;
/** Whether a text is a unique pupil number: a letter, eleven digits and a digit, or a letter where it is temporary; upper case without spaces. */
export const isPupilNumber = (text: string): boolean => UPN.test(text);
