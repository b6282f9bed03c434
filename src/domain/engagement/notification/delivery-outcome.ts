/** What has become of sending it by another channel: `sent` by whoever carries it, `delivered` where they say so. */
export const ChannelStatus = { requested: 'requested', sent: 'sent', delivered: 'delivered', failed: 'failed' } as const;
export type ChannelStatusName = (typeof ChannelStatus)[keyof typeof ChannelStatus];
/** What whoever carries notifications says of one. */
export const DeliveryOutcome = { sent: 'sent', delivered: 'delivered', failed: 'failed' } as const;
export type DeliveryOutcomeName = (typeof DeliveryOutcome)[keyof typeof DeliveryOutcome];
