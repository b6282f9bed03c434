import type { FieldKind } from '../kernel/fields.js';
import { Sealed, type Bundle, type SealedOrigin } from '../kernel/sealed.js';
import { UnreadableEvent } from './codec.js';

/** A sealed value as a `jsonb` column holds it: what is encrypted, and all that is needed to open it again but the key. */
export interface SealedColumn {
  readonly bundle: Bundle;
  readonly field: string;
  readonly kind: FieldKind;
  readonly origin: SealedOrigin;
  readonly kept?: string;
}

/** A sealed value for a table: copied without a key. */
export function sealedColumn({ bundle, field, kind, origin, kept }: Sealed): SealedColumn {
  return { bundle, field, kind, origin, ...(kept === undefined ? {} : { kept }) };
}

/** The sealed value in a column. @throws UnreadableEvent for anything else. */
export function sealedFromColumn(column: unknown): Sealed {
  const { bundle, field, kind, origin, kept } = (column ?? {}) as Partial<SealedColumn>;
  if (
    !isBundle(bundle) ||
    typeof field !== 'string' ||
    typeof kind !== 'string' ||
    typeof origin?.eventId !== 'string'
  ) {
    throw new UnreadableEvent('A column that should hold a sealed value holds something else.');
  }
  return new Sealed(bundle, field, kind, origin, kept);
}

/** Whether this looks like a bundle: what it says is believed only once it opens. */
export function isBundle(value: unknown): value is Bundle {
  const { k, s, c, f, iv, ct } = (value ?? {}) as Partial<Record<keyof Bundle, unknown>>;
  return (
    typeof k === 'string' &&
    typeof s === 'string' &&
    typeof c === 'string' &&
    Array.isArray(f) &&
    typeof iv === 'string' &&
    typeof ct === 'string'
  );
}
