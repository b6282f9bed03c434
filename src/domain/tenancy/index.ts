import './agreement/agreement-commands.js';
import './core-log/core-log-commands.js';
import './placement/placement-commands.js';
import { Agreement } from './agreement/agreement.js';
import { CoreLog } from './core-log/core-log.js';
import { Placement } from './placement/placement.js';

/** The entities of this context, with everything that can happen to them. */
export const tenancyEntities = [Agreement, Placement, CoreLog] as const;
