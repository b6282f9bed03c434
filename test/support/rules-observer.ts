import { afterAll } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { observeRules } from '../../src/kernel/rules.js';

/** Notes which rules were seen to hold and to refuse in this file's tests; the run's last stage adds the notes up. */
const folder = process.env['YUTHUB_RULES_SEEN'];
if (folder) {
  const seen: Record<'held' | 'refused', Set<string>> = { held: new Set(), refused: new Set() };
  observeRules((code, holds) => seen[holds ? 'held' : 'refused'].add(code));
  afterAll(() => {
    const notes = { held: [...seen.held], refused: [...seen.refused] };
    writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(notes));
  });
}
