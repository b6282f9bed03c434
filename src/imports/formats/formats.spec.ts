import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formats } from './index.js';
import { linesOf } from './lines.js';
import { candidatesIn } from './remittance.js';
import { Unreadable, wordsOf, type FileRow, isPayment } from './row.js';
import { dateOf, penceOf } from './values.js';
import { xmlPieces } from './xml.js';

type Kind = keyof typeof formats;
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, '../../../test/fixtures/imports', name), 'utf8');

/** A text in pieces of these lengths, over and over. */
async function* pieces(text: string, lengths: readonly number[] = [65_536]): AsyncGenerator<string> {
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = Math.max(1, lengths[turn % lengths.length]!);
    yield await Promise.resolve(text.slice(at, at + length));
    at += length;
  }
}
async function rowsOf(kind: Kind, text: string, lengths?: readonly number[]): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  for await (const row of formats[kind](pieces(text, lengths))) rows.push(row);
  return rows;
}
const bad = (row: FileRow): [number, string] => [row.line, 'code' in row ? row.code : 'good'];
const codes = async (kind: Kind, text: string) => (await rowsOf(kind, text)).map(bad);
const unreadable = (kind: Kind, text: string) => expect(rowsOf(kind, text)).rejects.toThrow(Unreadable);

describe('a cash file', () => {
  const head = 'date,reference,amount,method,transaction,payer\n';

  it('has a row for each line after the first', async () => {
    expect(await rowsOf('cash', fixture('CashFile20261026.dat'))).toEqual([
      { line: 2, on: '2026-10-26', amountPence: 1_536, method: 'cash', references: ['R12345678A'], paymentReference: 'R12345678A', payerName: 'Jordan Ellis', externalRef: 'TILL-0001' },
      { line: 3, on: '2026-10-26', amountPence: 102_150, method: 'bank_transfer', references: ['R22222222B'], paymentReference: 'R2222 2222B', externalRef: 'TILL-0002' },
      { line: 4, on: '2026-10-25', amountPence: 4_500, method: 'card', references: ['UNKNOWN-1'], paymentReference: 'UNKNOWN-1', payerName: 'O’Neil, Sam', externalRef: 'TILL-0003' },
    ]);
  });

  it('says of each bad row what is wrong with it, and goes on', async () => {
    const rows = ['2026-02-30,R1,1.00,,,', '2026-02-28,R1,,,,', '2026-02-28,R1,1.005,,,', '2026-02-28,R1,0.00,,,', '2026-02-28,R1,-5.00,,,', '2026-02-28,R1,1.00,cheque,,',
      '2026-02-28,R1,1.00', '2026-02-28,"R1,1.00,cash,T,', '2026-02-28,R\u0007,1.00,,,', `2026-02-28,${'R'.repeat(9_000)},1.00,,,`, `2026-02-28,${'R'.repeat(101)},1.00,,,`, '2026-02-28,R1,1.00,cash,,'];
    expect(await codes('cash', head + rows.join('\r\n'))).toEqual([
      [2, 'date'], [3, 'amount'], [4, 'amount'], [5, 'amount'], [6, 'amount_negative'], [7, 'method'],
      [8, 'columns'], [9, 'columns'], [10, 'characters'], [11, 'too_long'], [12, 'too_long'], [13, 'good'],
    ]);
  });

  it('needs its columns, in any order, and may have others and be without a reference', async () => {
    await unreadable('cash', 'date,amount\n2026-01-01,1.00');
    await unreadable('cash', 'date,amount,reference,amount\n2026-01-01,1.00,R1,2.00');
    await unreadable('cash', '<html><body>Sign in</body></html>');
    expect(await rowsOf('cash', 'Amount;Till;Date;Reference\n\n7.00;4;2024-02-29;\n')).toEqual([{ line: 3, on: '2024-02-29', amountPence: 700, method: 'cash', references: [] }]);
    expect(await rowsOf('cash', '')).toEqual([]);
  });
});

describe('a Housing Benefit file', () => {
  it('names claims, and what of a council’s payment is for which of them', async () => {
    expect(await rowsOf('housing_benefit', fixture('HousingBenefitFile20261026.dat'))).toEqual([
      { line: 2, on: '2026-10-26', amountPence: 98_700, method: 'housing_benefit', payer: 'hb', references: ['R12345678A'], paymentReference: 'R12345678A', payerName: 'Ellis J', externalRef: 'P-1026 2026-09-28' },
      { line: 3, on: '2026-10-26', amountPence: 4_500, method: 'housing_benefit', payer: 'hb', references: ['HB-UNKNOWN'], paymentReference: 'HB-UNKNOWN', payerName: 'Nobody N', externalRef: 'P-1026 2026-09-28' },
    ]);
    expect(await rowsOf('housing_benefit', 'claim\tdate\tamount\nC1\t01/12/2026\t10.00\n')).toEqual([
      { line: 2, on: '2026-12-01', amountPence: 1_000, method: 'housing_benefit', payer: 'hb', references: ['C1'], paymentReference: 'C1' },
    ]);
  });

  it('is for days that exist and stand in their order', async () => {
    const periods = ['2026-06-01|31/06/2026', '31/06/2026|2026-07-05', 'June|', '2026-10-25|2026-10-24', '2026-10-25|25/10/2026', '2028-02-29|2028-03-26', '|2026-10-25', '2026-10-25|', '|', '|2027-02-29'];
    expect(await codes('housing_benefit', ['date|claim|amount|period_from|period_to', ...periods.map((period) => `2026-10-26|C1|10.00|${period}`)].join('\n'))).toEqual([
      [2, 'period_to'], [3, 'period_from'], [4, 'period_from'], [5, 'period_to'], [6, 'good'], [7, 'good'], [8, 'good'], [9, 'good'], [10, 'good'], [11, 'period_to'],
    ]);
  });
});

describe('an MT940 statement', () => {
  it('has a row for each transaction: credits are money for us, debits are not', async () => {
    expect(await rowsOf('mt940', fixture('statement.sta'))).toEqual([
      { line: 6, on: '2026-10-26', amountPence: 2_150, method: 'bank_transfer', references: expect.arrayContaining(['R12345678A', 'JORDAN', 'ELLIS']), paymentReference: 'FP JORDAN ELLIS R12345678A RENT', externalRef: 'B26102600001' },
      { line: 8, on: '2026-10-26', amountPence: 10_000, method: 'bank_transfer', references: expect.arrayContaining(['SALARY', 'HACKNEY']), paymentReference: 'SALARY /ORDP/LB HACKNEY/REMI/HB SCHEDULE 77/', payerName: 'LB HACKNEY', externalRef: 'B26102600002' },
      { line: 10, outcome: 'skipped', code: 'payment_out', amountPence: 5_000 },
      { line: 12, outcome: 'rejected', code: 'date' },
      { line: 14, on: '2026-10-26', amountPence: 500, method: 'bank_transfer', references: expect.arrayContaining(['R22222222B']), paymentReference: 'R2222 2222B', externalRef: 'B26102600005' },
    ]);
  });

  it('finds a reference that goes over the end of a line, wherever that is', async () => {
    const said = async (...lines: string[]): Promise<unknown> =>
      (await rowsOf('mt940', [':20:S', ':60F:C261023GBP0,', ':61:2610261026C2,50NTRFX//B', ...lines].join('\n')))[0];
    for (const lines of [[':86:RENT FOR AUGUST R123', '45678A THANKS'], [':86:RENT FOR AUGUST', 'R1234', '5678A'], [':86:R12 345', '678 A']]) {
      expect(await said(...lines)).toMatchObject({ references: expect.arrayContaining(['R12345678A']) });
    }
  });

  it('says which line it cannot read, and reads the others', async () => {
    const statement = (...lines: string[]): string => [':20:S', ':25:1', ':28C:1/1', ':60F:C261023GBP0,', ...lines, ':62F:C261026GBP0,', '-'].join('\n');
    expect(await codes('mt940', statement(':61:nonsense', ':61:2610261026C1,005NTRFX//B', ':61:2610261026C0,NTRFX//B', ':61:2610261026C,NTRFX//B', ':61:2610261026C2,50NTRFX//B', ':86:R1'))).toEqual([
      [5, 'entry'], [6, 'amount'], [7, 'amount'], [8, 'amount'], [9, 'good'],
    ]);
    expect(await codes('mt940', statement(':61:2610261026C2,50NTRFX//B').replace('GBP', 'EUR'))).toEqual([[5, 'currency']]);
    expect(await codes('mt940', `${statement(':61:2610261026C2,50NTRFX//B')}\n${statement(':61:2610261026C3,50NTRFX//B')}`)).toEqual([[5, 'good'], [12, 'good']]);
    for (const text of ['hello', ':61:2610261026C2,50NTRFX//B', '']) await unreadable('mt940', text);
  });
});

describe('a camt.053 statement', () => {
  it('has a row for each booked credit, and for each of its transactions where they come to the same', async () => {
    expect(await rowsOf('camt053', fixture('statement.xml'))).toEqual([
      { line: 9, on: '2026-10-26', amountPence: 2_150, method: 'bank_transfer', references: expect.arrayContaining(['R12345678A']), paymentReference: 'Rent R12345678A', payerName: 'J & K Ellis', externalRef: 'A-1' },
      { line: 21, on: '2026-10-26', amountPence: 2_000, method: 'bank_transfer', references: expect.arrayContaining(['R22222222B']), paymentReference: 'r2222 2222b', externalRef: 'T-1' },
      { line: 22, on: '2026-10-26', amountPence: 4_000, method: 'bank_transfer', references: ['KNOWS'], paymentReference: 'who <knows>', externalRef: 'A-2/2' },
      { line: 25, outcome: 'skipped', code: 'payment_out', amountPence: 999 },
      { line: 26, outcome: 'skipped', code: 'not_booked', amountPence: 100 },
      { line: 27, outcome: 'rejected', code: 'currency' },
      { line: 28, outcome: 'rejected', code: 'amount' },
      { line: 29, outcome: 'rejected', code: 'date' },
    ]);
  });

  it('is one row where its transactions do not come to the same', async () => {
    const text = fixture('statement.xml').replace('>40.00<', '>40.01<');
    expect((await rowsOf('camt053', text))[1]).toMatchObject({ amountPence: 6_000, line: 18 });
  });

  it('says where money goes by its indicator, in a reversal too, and which day it is in London', async () => {
    const entry = (rest: string): Promise<object[]> => rowsOf('camt053',
      `<Document><BkToCstmrStmt><Stmt><Ntry><Amt Ccy="GBP">3.20</Amt><Sts>BOOK</Sts>${rest}</Ntry></Stmt></BkToCstmrStmt></Document>`);
    const booked = (on: string): string => `<CdtDbtInd>CRDT</CdtDbtInd><BookgDt>${on}</BookgDt>`;
    expect(await entry(`<RvslInd>true</RvslInd>${booked('<Dt>2026-08-10</Dt>')}`)).toMatchObject([{ on: '2026-08-10', amountPence: 320 }]);
    expect(await entry('<CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><BookgDt><Dt>2026-08-10</Dt></BookgDt>')).toMatchObject([{ code: 'payment_out' }]);
    expect(await entry(booked('<DtTm>2026-07-31T23:30:00Z</DtTm>'))).toMatchObject([{ on: '2026-08-01' }]);
    expect(await entry(booked('<DtTm>2026-12-31T23:30:00+00:00</DtTm>'))).toMatchObject([{ on: '2026-12-31' }]);
    expect(await entry(booked('<DtTm>2026-07-31T23:30:00</DtTm>'))).toMatchObject([{ on: '2026-07-31' }]);
    expect(await entry(booked('<DtTm>2026-02-30T23:30:00Z</DtTm>'))).toMatchObject([{ code: 'date' }]);
  });

  it('is read as nothing else', async () => {
    const good = fixture('statement.xml');
    await unreadable('camt053', '<Document><BkToCstmrDbtCdtNtfctn/></Document>');
    await unreadable('camt053', good.slice(0, -20));
    await unreadable('camt053', good.replace('<Stmt>', '<Stnt>'));
    await unreadable('camt053', good.replace('&amp;', '&external;'));
    await unreadable('camt053', `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${good}`);
    await unreadable('camt053', `${good}<Document/>`);
    await unreadable('camt053', `${good}more`);
    await unreadable('camt053', `${'<a>'.repeat(61)}${'</a>'.repeat(61)}`);
    await unreadable('camt053', `<Document>${'x'.repeat(70_000)}</Document>`);
    await unreadable('camt053', '<Document a="1" a="2"></Document>');
    await unreadable('camt053', '');
  });

  it('has the text that was written into it, whatever that is', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), async (text, lengths) => {
      fc.pre(!/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/u.test(text) && text.isWellFormed());
      const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      let read = '';
      for await (const piece of xmlPieces(pieces(`<a>${escaped}</a>`, lengths))) if (piece.kind === 'text') read += piece.text;
      expect(read).toBe(text);
    }));
  });
});

describe('every kind of file', () => {
  const files: [Kind, string][] = [['cash', fixture('CashFile20261026.dat')], ['housing_benefit', fixture('HousingBenefitFile20261026.dat')], ['mt940', fixture('statement.sta')], ['camt053', fixture('statement.xml')]];

  it('is read the same in whatever pieces it comes, and whatever ends its lines', async () => {
    for (const [kind, text] of files) {
      const whole = await rowsOf(kind, text);
      await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), fc.constantFrom('\n', '\r\n'), async (lengths, end) => {
        expect(await rowsOf(kind, text.replaceAll('\n', end), lengths)).toEqual(whole);
      }), { numRuns: 25 });
    }
  });

  it('is read or refused, and never breaks, whatever is in it', async () => {
    for (const [kind, text] of files) {
      await fc.assert(fc.asyncProperty(fc.nat(text.length), fc.nat(60), fc.string({ maxLength: 20 }), async (at, length, put) => {
        const rows = await rowsOf(kind, text.slice(0, at) + put + text.slice(at + length)).catch((error: unknown) => {
          if (error instanceof Unreadable) return [];
          throw error;
        });
        for (const row of rows) if (isPayment(row)) expect(Number.isSafeInteger(row.amountPence) && row.amountPence > 0).toBe(true);
      }), { numRuns: 150 });
    }
  });
});

describe('values', () => {
  it('are pounds with whole pence, and dates that exist', () => {
    expect(['21.50', '45', '£1,234.56', '-5.00', '0.01', ' 7.00 '].map(penceOf)).toEqual([2_150, 4_500, 123_456, -500, 1, 700]);
    for (const text of ['', '1.5', '1.505', '1e3', '12,34.00', '0x10', 'NaN', '1 000.00', '1.00-', '--1.00', '100000000.01', '９.00']) expect([text, penceOf(text)]).toEqual([text, undefined]);
    expect(['2024-02-29', '29/02/2024', ' 2026-10-26 '].map(dateOf)).toEqual(['2024-02-29', '2024-02-29', '2026-10-26']);
    for (const text of ['', '2026-02-29', '31/11/2026', '26/10/26', '10/26/2026', '2026-1-1', '1899-12-31']) expect([text, dateOf(text)]).toEqual([text, undefined]);
  });

  it('come back to the penny', () =>
    fc.assert(fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (pence) => {
      expect(penceOf(`${Math.floor(pence / 100)}.${String(pence % 100).padStart(2, '0')}`)).toBe(pence);
    })));

  it('of a bank line name accounts by a word, or by words with spaces between', () => {
    expect(candidatesIn('Rent r1234-5678 thanks').slice(0, 3)).toEqual(['RENT', 'R1234-5678', 'THANKS']);
    expect(candidatesIn('R12 345 678 A', undefined, '')).toContain('R12345678A');
    expect(candidatesIn('RENT FOR AUGUST R12 345 678A, FLAT 2')).toContain('R12345678A');
    expect(candidatesIn('for August')).toEqual(['FORAUGUST', 'AUGUST']);
    expect(candidatesIn('x'.repeat(19), 'abc', 'Ünï cödé')).toEqual([]);
    expect(candidatesIn(Array.from({ length: 90 }, (_, at) => `WORD${at}`).join(' '))).toHaveLength(40);
  });

  it('for people are one clean line', () => {
    expect(wordsOf('  a\tb\u0000c\u202ed \n e ')).toBe('a b c d e');
    expect(wordsOf('\u0000 ')).toBeUndefined();
    expect([...wordsOf('é'.repeat(300))!]).toHaveLength(200);
  });

  it('of lines are whole lines, with their numbers', async () => {
    const lines: [number, string][] = [];
    for await (const { number, text } of linesOf(pieces('a\r\nb\rc\n\nd', [1]))) lines.push([number, text]);
    expect(lines).toEqual([[1, 'a'], [2, 'b'], [3, 'c'], [4, ''], [5, 'd']]);
  });
});
