import './agreement/agreement-commands.js';
import './core-log/core-log-commands.js';
import './agreement/deposit-commands.js';
import './agreement/minor.js';
import './agreement/notice-commands.js';
import './agreement/term-commands.js';
import './placement/hand-over-commands.js';
import './placement/move-check-commands.js';
import './placement/placement-commands.js';
import './placement/plan-commands.js';
import { Agreement } from './agreement/agreement.js';
import { CoreLog } from './core-log/core-log.js';
import { Placement } from './placement/placement.js';

/** The entities of this context, with everything that can happen to them. */
export const tenancyEntities = [Agreement, Placement, CoreLog] as const;
