import type { Carrier, Delivery, DeliveryBook } from '../deliveries.js';
import { type Mailer, MailFailed } from './mailer.js';

/** A message for one person, as it stands when it goes. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly link: string;
}
/** Why there is nothing to send by e-mail: it goes by another channel, was read meanwhile, or does not go to them. */
export type NoLetter = 'other_channel' | 'no_need' | 'no_access' | 'no_address';

/** What is told of having sent something. */
export type MailOutcome =
  | { readonly outcome: 'sent'; readonly providerRef: string }
  | { readonly outcome: 'failed'; readonly code: string; readonly permanent: boolean };

export interface MailCarrierParts {
  readonly mailer: Mailer;
  /** What has gone already, and what others carry. */
  readonly book: DeliveryBook;
  /** Whom it is for, and what it says; looked up when it goes. */
  readonly letterOf: (delivery: Delivery) => Promise<Letter | NoLetter>;
  readonly report: (delivery: Delivery, outcome: MailOutcome) => Promise<void>;
}

/**
 * Sends notifications by e-mail, and writes down the rest as before. At least once: where the process dies between the
 * server's word and the book, the mail goes again, under the Message-ID that it had.
 */
export class MailCarrier implements Carrier {
  constructor(private readonly parts: MailCarrierParts) {}

  async carry(delivery: Delivery): Promise<void> {
    const { book, letterOf, report } = this.parts;
    if (delivery.kind !== 'notification') return book.carry(delivery);
    if (!(await book.has(delivery.id))) {
      const letter = await letterOf(delivery);
      if (letter === 'other_channel') return book.carry(delivery);
      if (typeof letter === 'string') return report(delivery, { outcome: 'failed', code: letter, permanent: true });
      if (!(await this.sent(delivery, letter))) return;
      await book.carry(delivery);
    }
    await report(delivery, { outcome: 'sent', providerRef: delivery.subjectId });
  }

  /** @returns whether it is gone; false where it never will be. @throws MailFailed where it is to be tried again. */
  private async sent(delivery: Delivery, { to, subject, link }: Letter): Promise<boolean> {
    try {
      await this.parts.mailer.send({ to, subject, messageId: delivery.subjectId, text: `${subject}.\n\nSign in to read what it is about:\n${link}\n` });
      return true;
    } catch (error) {
      if (!(error instanceof MailFailed)) throw error;
      await this.parts.report(delivery, { outcome: 'failed', code: error.code, permanent: error.permanent });
      if (error.permanent) return false;
      throw error;
    }
  }
}
