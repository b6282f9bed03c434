import { expect, it } from '@jest/globals';
import { Catalogue } from './catalogue.js';
import { declareRules } from './rules.js';

/** In a file of its own: what is declared stays declared, and nothing boots after it. */
it('a rule code that is declared twice refuses to boot, and is named', () => {
  expect(() => new Catalogue([])).not.toThrow();
  declareRules('things', {}, { later: { 'TWICE-1': 'A thing is one.' } });
  expect(() => new Catalogue([])).not.toThrow();
  declareRules('others', {}, { later: { 'TWICE-1': 'A thing is another.' } });
  expect(() => new Catalogue([])).toThrow(/rule code TWICE-1 is declared twice: .* choose another/);
});
