import type { Core } from '../assembly/core.js';
import type { Process } from '../processes/engine/process.js';

/** Makes the demo organisation. */
export const seedDemo = (_core: Core, _processes: readonly Process[]): Promise<void> => Promise.resolve();
