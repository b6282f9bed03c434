import type { Catalogue } from '../kernel/catalogue.js';
import type { Notice, Recipient } from '../processes/notify/notice.js';
import { noticesOf } from '../processes/notify/notify.js';
import { code, GENERATED, page, table } from './markdown.js';

const plain: Readonly<Record<string, string>> = { key_worker: 'the key worker', property_manager: 'the manager of the property' };

/** Who is told, in words. */
function told(recipient: Recipient): string {
  const [kind, name = ''] = recipient.split(':');
  if (kind === 'role') return `everybody in the role ${code(name)}`;
  return kind === 'field' ? `the user in ${code(name)}` : plain[recipient]!;
}
const words = (to: readonly Recipient[]): string => to.map(told).join(', ');
const who = ({ to, else: instead }: Pick<Notice, 'to' | 'else'>): string => (instead ? `${words(to)}; else ${words(instead)}` : words(to));
const rowOf = (one: Notice): string[] => [code(one.on), one.when ? 'of some' : 'always', who(one), one.notificationType, one.priority, one.title];

/** Of which events people are told, and who. */
export function notificationsPage(catalogue: Catalogue): string {
  const notices = [...noticesOf(catalogue.events).values()].flat().sort((a, b) => (a.on < b.on ? -1 : 1));
  return page([
    '# Notifications',
    '',
    `${GENERATED} Each row of \`src/processes/notify/notices.ts\` tells people of one kind of event, in their own inbox`,
    '(`GET /api/v1/notifications`): once for each matter and day. Whatever misses its deadline is told of without a row.',
    '',
    'Urgent ones that nobody reads within half an hour (`NOT-2.minutes`) are sent by another channel as well, at any hour. Everybody says for',
    'themselves by `POST /api/v1/users/{id}/set-notification-preferences` which others are sent too (`sentNotifications`: they wait for the end',
    'of the quiet hours, 21:00 to 08:00 in London or their own), by e-mail or text message, and which kinds are not to come at all',
    '(`mutedNotifications`: whoever stands in for them is told instead; urgent ones and emergencies come all the same).',
    '',
    'What is to be sent stands in `GET /api/v1/notification-deliveries`, with what became of it (`status`, `failures`, `failureCode`). With `SMTP_URL`',
    'the workers send e-mail themselves: the title and a link, under one Message-ID for each notification, to the address that somebody has then and',
    'while nobody has read it (else it fails with `no_need`) and they may still see what it is about (NOT-3; else with `no_access`). A dead address is given up at once, everything else tried',
    'again after half a minute and then after twice as long each time, three times in all (`NOT-8`); then it goes as a text message where there is a number.',
    'Text messages, and e-mail without `SMTP_URL`, wait as `requested`: whoever carries messages fetches them from there, and says what came of it by',
    '`POST /api/v1/notifications/{id}/report-delivery`: see [operations.md](operations.md). What somebody has read meanwhile, or may not see any more what it',
    'is about, is `withheld` there for as long as that is so, and is not to be sent. What was read, or has expired unread,',
    'is cleared away thirty days later (`R-NOTIF`); the trail shows that there was something.',
    '',
    ...table(['event', 'when', 'who', 'type', 'priority', 'title'], notices.map(rowOf)),
  ]);
}
