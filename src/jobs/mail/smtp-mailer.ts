import { createTransport, type Transporter } from 'nodemailer';
import { type Mail, type Mailer, MailFailed } from './mailer.js';

/** Where mail goes out, and as whose. */
export interface SmtpSettings {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly url: string;
  /** An address, or `Name <address>`. */
  readonly from: string;
  /** Without TLS nothing is sent. */
  readonly requireTls: boolean;
}

/** A conversation is over before the queue would take the job for lost. */
const TIMEOUTS = { dnsTimeout: 4_000, connectionTimeout: 4_000, greetingTimeout: 4_000, socketTimeout: 8_000 } as const;
/** Answers that are about our own account at the server, and not about whom the mail is for. */
const OWN_ACCOUNT: readonly number[] = [530, 534, 535, 538];
/** Steps of the conversation at which a refusal is about whom the mail is for, or about the mail. */
const ABOUT_THE_MAIL: readonly string[] = ['RCPT TO', 'DATA'];

/** Sends by SMTP, each mail over a connection of its own; upgraded to TLS where the server can. */
export class SmtpMailer implements Mailer {
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(private readonly settings: SmtpSettings) {
    const { url, from, requireTls } = settings;
    this.transport = createTransport({ url, requireTLS: requireTls, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
    this.domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  }

  async send({ to, messageId, subject, text }: Mail): Promise<void> {
    try {
      await this.transport.sendMail({
        from: this.settings.from,
        to: { name: '', address: to },
        messageId: `<${messageId}@${this.domain}>`,
        subject,
        text,
        // Nobody's holiday answers it, and no server bounces it about.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
    } catch (error) {
      throw failureOf(error);
    }
  }
}

/** What went wrong, without what the server said in words. */
function failureOf(error: unknown): MailFailed {
  const { responseCode, command, code } = error as { responseCode?: number; command?: string; code?: string };
  // 'API' is the library itself: it never asked the server, because this is no address.
  if (responseCode === undefined) return new MailFailed((code ?? 'failed').toLowerCase().replace(/[^a-z0-9_-]/g, ''), command === 'API');
  const lasting = responseCode >= 500 && !OWN_ACCOUNT.includes(responseCode);
  return new MailFailed(`smtp_${responseCode}`, lasting && ABOUT_THE_MAIL.includes(command ?? ''));
}
