import type { RegisterEntry, RegisterQuestion } from '../../kernel/entity.js';
import { rule } from '../../kernel/rules.js';

/**
 * The register `imports` of an organisation (owner = its id): the files that were taken in, so that each is once.
 *
 * | kind | held by | key |
 * |---|---|---|
 * | `content` | batch that was not rejected | SHA-256 of the file |
 * | `name` | batch that was not rejected | its kind and its name, in small letters |
 */
export const IMPORT_REGISTER = 'imports';

type HeldEntry = RegisterEntry & { readonly target: string };

/**
 * Decides INT-5: of several uploads of one file, at the same time too, one is taken in.
 * @param possible what may be in force, what is asked for included. @throws Refusal
 */
export function checkImports(possible: readonly HeldEntry[], _certain: readonly HeldEntry[], { wanted }: RegisterQuestion): void {
  const again = (kind: string): boolean =>
    wanted.some((one) => one.kind === kind && new Set(possible.filter((other) => other.kind === kind && other.key === one.key).map(({ target }) => target)).size > 1);
  rule('INT-5', 'A file with this content was imported already: this is a duplicate.', !again('content'), undefined, 409);
  rule('INT-5', 'A file with this name was imported already: this is a duplicate.', !again('name'), 'fileName', 409);
}
