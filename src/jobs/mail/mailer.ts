/** An e-mail to one person. Nothing in it says of whom or what it is: that is read where one has signed in. */
export interface Mail {
  readonly to: string;
  /** The same whenever the same thing is sent again, so that a mailbox can tell that it has it already; without brackets or domain. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

/** The port to whatever sends e-mail. */
export interface Mailer {
  /** Returns once a server has taken the mail on. @throws MailFailed */
  send(mail: Mail): Promise<void>;
}

/** A mail was not taken on. Neither message nor cause repeat the address, which servers like to quote. */
export class MailFailed extends Error {
  override readonly name = 'MailFailed';
  /**
   * @param code what the server or the network called it (`smtp_550`, `etimedout`).
   * @param permanent it will not pass: the address does not exist, or the mail is not wanted.
   */
  constructor(
    readonly code: string,
    readonly permanent: boolean,
  ) {
    super(code);
  }
}
