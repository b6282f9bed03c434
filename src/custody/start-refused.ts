/** The product must not start on what it finds; the sentence says what to do. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
