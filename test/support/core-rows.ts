import type { CoreValues } from '../../src/domain/tenancy/core-log/core-row.js';

/** A letting as the journeys have it, by the numbers of its fields: Jordan, 20, moves into R04 on 2 September 2026. */
const jordan: Readonly<Record<number, string>> = {
  1: 'ORG1', 2: 'ORG1', 4: '2', 5: 'S12', 6: '3', 7: '2', 8: '2', 9: '9', 10: '26', 11: '7', 13: 'RES000001', 14: 'MSH-R04', 15: '1',
  16: '12', 17: '9', 19: '1 Mare Street', 21: 'London', 23: 'E8', 24: '1AA', 25: 'E09000012', 29: '18', 30: '8', 31: '26',
  35: '3', 36: '2', 37: '2', 38: '5', 41: '20', 42: 'M', 43: '1', 45: '1', 46: 'GBR', 47: '4', 90: '2', 93: '2', 98: '1', 100: '2',
  111: '11', 112: '13', 113: '55', 115: '13', 116: '1', 117: '2', 121: '2', 127: '2', 128: '2', 129: '2', 130: '2', 132: '6', 133: '2',
  135: '2', 138: '1', 139: '1', 140: '0', 141: '1', 142: '182.40', 143: '64.35', 144: '21.50', 145: '0.00', 146: '1', 147: '21.50',
};

/** Answers of a letting, some of them changed; a blank text is no answer. */
export function coreRow(changes: Readonly<Record<number, string>> = {}): CoreValues {
  const values: CoreValues = {};
  for (const [field, text] of Object.entries({ ...jordan, ...changes })) if (text !== '') values[`field${Number(field)}`] = text;
  return values;
}
