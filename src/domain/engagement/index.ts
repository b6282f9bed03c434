import './notification/notification-commands.js';
import { Notification } from './notification/notification.js';

/** The entities of this context, with everything that can happen to them. */
export const engagementEntities = [Notification] as const;
