/** A number that can be called from anywhere (GEN-7, EMC-2). */
export const E164 = /^\+[1-9]\d{6,14}$/;

/** A phone number as it is kept: E.164, of the UK where it begins with a single 0. What is no number stays recognisably none. */
export function normalisePhone(text: string): string {
  const digits = text.replaceAll(/\(0\)|[\s().\u2010-\u2015/-]/g, '');
  if (digits.startsWith('00')) return `+${digits.slice(2)}`;
  return digits.startsWith('0') ? `+44${digits.slice(1)}` : digits;
}
