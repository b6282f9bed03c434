/** Last stage of the test run: lists rules of the domain that no spec has shown to accept, or to refuse. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
await import('../../src/domain/index.ts');
const { declaredRules } = await import('../../src/kernel/rules.ts');

const notes = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const held = new Set(notes.flatMap((note) => note.held));
const refused = new Set(notes.flatMap((note) => note.refused));
const due = declaredRules().filter(({ later, identity }) => !later && !identity);
const problems = [
  ...due.filter(({ code }) => !held.has(code)).map(({ code }) => `${code}: no spec shows a command that it accepts.`),
  ...due.filter(({ code }) => !refused.has(code)).map(({ code }) => `${code}: no spec shows a command that it refuses.`),
  ...[...held, ...refused]
    .filter((code) => /^(RES|PRP|ROM|INC|AGR|USR|MEM|ROL|ORG|EMC|MOV|LED|RNT)-/.test(code))
    .filter((code, at, all) => all.indexOf(code) === at && !declaredRules().some((one) => one.code === code))
    .map((code) => `${code}: it is asked and declared nowhere; declare it with its sentence.`),
];
process.stdout.write(`${due.length} rules, ${problems.length} problems\n${problems.map((one) => `  ${one}\n`).join('')}`);
process.exit(problems.length === 0 ? 0 : 1);
