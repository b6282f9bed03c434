/** Whether this says that the database, or the way to it, is gone, and not that it refused something. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(08|57P|53)/.test(code)) return true;
  if (['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', '40001', '40P01'].includes(code)) return true;
  // The driver has no codes for these.
  return /^Connection terminated|^Query read timeout|timeout exceeded when trying to connect|^Client was closed|not queryable/.test(error.message);
}
