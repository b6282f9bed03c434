import { SystemCommands } from '../access/system-commands.js';
import type { Notification } from '../domain/engagement/notification/notification.js';
import type { Carrier, Delivery, DeliveryBook } from '../jobs/deliveries.js';
import { type Letter, MailCarrier, type MailOutcome, type NoLetter } from '../jobs/mail/mail-carrier.js';
import { SmtpMailer } from '../jobs/mail/smtp-mailer.js';
import { covers } from '../kernel/permissions.js';
import { Refusal } from '../kernel/rules.js';
import { uuidOf } from '../kernel/values.js';
import type { Core } from './core.js';

/** Whose doing a report on a mail is. */
export const MAIL_ACTOR = 'mail';
/** It was settled meanwhile: by who reads it, by another channel, or by having been tried often enough. */
const SETTLED: readonly string[] = ['NOT-8', 'GEN-1'];

/** Carries notifications by e-mail where mail is configured; else they wait in the book for whoever carries them. */
export function mailCarrier(core: Core, book: DeliveryBook): Carrier {
  const { mail } = core.configuration;
  if (!mail) return book;
  const { smtpUrl: url, from, requireTls, publicUrl } = mail;
  return new MailCarrier({
    mailer: new SmtpMailer({ url, from, requireTls }),
    book,
    letterOf: (delivery) => letterOf(core, publicUrl, delivery),
    report: (delivery, outcome) => report(core, delivery, outcome),
  });
}

/**
 * What is sent: the title, which names nobody, and where it is read. To who may still see what it is about (NOT-3), at the
 * address that they have now; it is opened for this one mail and kept nowhere.
 */
async function letterOf(core: Core, publicUrl: string, { subjectId, organizationId }: Delivery): Promise<Letter | NoLetter> {
  const { state } = await core.streams.load(core.catalogue.entity('notifications')!, subjectId, organizationId);
  const notification = state as Notification | undefined;
  if (notification?.channel !== 'email') return 'other_channel';
  if (notification.status !== 'unread') return 'no_need';
  const { userId, entityType, title: subject } = notification;
  const standing = await core.access.authority.of(userId, organizationId);
  if (!standing || standing.user.status === 'deactivated' || !covers(standing.permissions, `${entityType}:read`)) return 'no_access';
  const [opened] = await core.codec.unseal([{ email: standing.user.email }], { classes: [2] });
  const to = opened!.email;
  return typeof to === 'string' ? { to, subject, link: `${publicUrl}/api/v1/notifications/${subjectId}` } : 'no_address';
}

async function report(core: Core, { subjectId: id, organizationId }: Delivery, outcome: MailOutcome): Promise<void> {
  const commands = new SystemCommands(core.catalogue, (request) => core.pipeline.execute(request));
  try {
    await commands.send({ name: 'ReportNotificationDelivery', id, organizationId, actorId: uuidOf('process', MAIL_ACTOR), body: { channel: 'email', ...outcome } });
  } catch (error) {
    if (!(error instanceof Refusal) || !SETTLED.includes(error.code)) throw error;
  }
}
