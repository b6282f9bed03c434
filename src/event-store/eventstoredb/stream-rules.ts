import type { Revision } from '../event-store.js';
import { jsonOf } from '../metadata.js';
import type { LogReader } from './log-reader.js';

/**
 * Whether somebody has told the log to let go of a stream's beginning up to at
 * least this revision: by deleting the stream, or by limits on its age or length.
 */
export async function isRemovedByRule(reader: LogReader, stream: string, revision: Revision): Promise<boolean> {
  const rules = await reader.lastOf(`$$${stream}`);
  if (rules === undefined) {
    return false;
  }
  const { $tb: before, $maxCount: count, $maxAge: age } = jsonOf(rules.data);
  return (typeof before === 'number' && revision < before) || count !== undefined || age !== undefined;
}
