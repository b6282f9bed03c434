/** How far some work is; the share from 0 to 1. */
export interface Share {
  readonly share: number;
  readonly events: number;
  /** When it began, of `performance.now()`. */
  readonly since: number;
}

const SQUARES = 20;

/** One line that says how far some work is, how fast it goes and how long it still takes. */
export function progressLine(doing: string, { share, events, since }: Share, now = performance.now()): string {
  const part = Math.min(1, Math.max(0, share));
  const seconds = Math.max(0.001, (now - since) / 1_000);
  const left = part > 0 ? Math.ceil((seconds * (1 - part)) / part) : undefined;
  const bar = '█'.repeat(Math.floor(part * SQUARES)).padEnd(SQUARES, '░');
  return `${doing.padEnd(10)} ${bar} ${Math.floor(part * 100)} %  ${events} events, ${Math.round(events / seconds)} a second${left === undefined ? '' : `, about ${left} s left`}`;
}
