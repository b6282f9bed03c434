/** What kinds of notifications there are. */
export const NotificationType = { alert: 'alert', reminder: 'reminder', message: 'message', system: 'system', emergency: 'emergency' } as const;
/** By which they are sent beside the inbox. */
export const NotificationChannel = { email: 'email', sms: 'sms' } as const;
export type NotificationChannelName = (typeof NotificationChannel)[keyof typeof NotificationChannel];
