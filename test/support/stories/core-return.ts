import { coreFields } from '../../../src/domain/tenancy/core-log/core-fields.js';
import { nameOf } from '../../../src/domain/tenancy/core-log/core-row.js';
import { coreRow } from '../core-rows.js';
import type { Chapter } from './chapters.js';

/** What there are words of one's own for: a second line of the address, a county, and another reason for leaving. */
const told = new Set([20, 22, 114]);

/** The lettings return of somebody who moved in: answered, checked, sent, not taken, sent again and taken. */
export const returned: Chapter = async (speaker, { manager, ids }, { placementId }) => {
  if (!placementId) return;
  const [log] = await manager.rows(`/core-logs?placementId=${placementId}`);
  const { id } = log!;
  const row = coreRow({ 3: 'core@spec.example', 8: '3', 9: '8', 29: '1', 30: '8', 31: '20', 113: '20' });
  const answers = coreFields.filter(({ number }) => !told.has(number)).map(({ number }) => [nameOf(number), row[nameOf(number)] ?? ''] as const);
  await speaker.say(manager, 'AnswerCoreLog', id, Object.fromEntries(answers));
  await speaker.say(manager, 'ValidateCoreLog', id);
  await speaker.say(manager, 'ConfirmCoreLogWarning', id, { code: 'CORE-S2' });
  await speaker.say(manager, 'RecordCoreLogExport', id, { fileSha: 'a'.repeat(64), line: 9 });
  await speaker.say(manager, 'RejectCoreLog', id);
  await speaker.say(manager, 'ValidateCoreLog', id);
  await speaker.say(manager, 'RecordCoreLogExport', id, { fileSha: 'b'.repeat(64), line: 9 });
  await speaker.say(manager, 'AcceptCoreLog', id);
  ids['core_logs'] = id;
};
