import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A mail as the server took it on. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Name in lower case → value, lines joined. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly encrypted: boolean;
  readonly user: string | undefined;
}

/** A mail server that keeps what it gets. */
export interface MailServer {
  readonly received: readonly ReceivedMail[];
  /** Answers to whom a mail is for: a code of SMTP by address; what is not in it is taken on. */
  readonly answers: Map<string, number>;
  /** `smtp://127.0.0.1:…`, with a name and a password. */
  readonly url: string;
  close(): Promise<void>;
}

const refusal = (code: number, address: string): Error => Object.assign(new Error(`<${address}> is not for us`), { responseCode: code });

/** A body as a reader shows it: long lines come in parts. */
const readable = (body: string, headers: ReadonlyMap<string, string>): string =>
  headers.get('content-transfer-encoding') === 'quoted-printable'
    ? body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : body;

/** @param tls whether a connection can be upgraded. */
export async function mailServer({ tls = false }: { readonly tls?: boolean } = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const answers = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    // Its own certificate is known to everybody, which nobody minds here.
    logger: false,
    disabledCommands: tls ? [] : ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => (password === 'secret' ? done(null, { user: username }) : done(refusal(535, 'you'))),
    onRcptTo: ({ address }, _session, done) => {
      const code = answers.get(address);
      if (code === undefined) done();
      else done(refusal(code, address));
    },
    onData: (stream, { envelope, secure, user }, done) => {
      void text(stream).then((raw) => {
        const [head = '', ...rest] = raw.split('\r\n\r\n');
        const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
        const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
        received.push({ from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address), headers, body: readable(rest.join('\r\n\r\n'), headers), encrypted: secure, user });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = (server.server.address() as AddressInfo).port;
  return { received, answers, url: `smtp://yuthub:secret@127.0.0.1:${at}`, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
