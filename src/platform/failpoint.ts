/**
 * Points at which fault tests strike the product: `FAILPOINT=name:n` ends this very process, as a power cut would, the nth
 * time that it comes by there; `name:n:SIGSTOP` freezes it there; `?` says on standard error which points it comes by.
 * Does nothing otherwise, and nothing at all in production.
 */
const [wanted, nth = '1', signal = 'SIGKILL'] = (process.env['NODE_ENV'] === 'production' ? '' : (process.env['FAILPOINT'] ?? '')).split(':');
let left = Number(nth);

/** Passes a named point. */
export function failpoint(name: string): void {
  if (wanted === '') return;
  if (wanted === '?') process.stderr.write(`failpoint ${name}\n`);
  if (name !== wanted) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, signal);
}
