import { pseudonymous, type Privacy } from './privacy.js';

/** Any class, as the kernel keys its declarations by it. */
export type ClassOf<T = object> = abstract new (...args: never[]) => T;

export type FieldKind =
  'text' | 'choice' | 'ref' | 'instant' | 'date' | 'pence' | 'int' | 'decimal' | 'flag' | 'list' | 'group' | 'children' | 'hidden';

/** Everything that is declared about a field, once. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly privacy: Privacy;
  readonly optional: boolean;
  /** Of a change, taken from facts that require it: it may be left out, and not cleared. */
  readonly mandatory?: boolean;
  readonly doc?: string;
  readonly min?: number;
  readonly max?: number;
  /** Of a decimal number, its digits altogether and those behind the point. */
  readonly digits?: number;
  readonly scale?: number;
  readonly pattern?: RegExp;
  /** Rule code that a violated pattern or bound carries, when the domain page gives it one. */
  readonly code?: string;
  readonly normalise?: (text: string) => string;
  /** Enum name and values of a choice, or of the items of a list. */
  readonly enumName?: string;
  readonly values?: readonly string[];
  /** Read table a reference points into. */
  readonly table?: string;
  /** Class of a group, of the children, or of the items of a list of groups. */
  readonly of?: () => ClassOf;
  /** Field of the same object that names the data subject; otherwise the entity's. */
  readonly subject?: string;
  /** A date of birth keeps its year in the clear. */
  readonly keepYear?: boolean;
  /** A blind index column makes exact search possible. */
  readonly blind?: boolean;
  /** Decimal column of the seed that a generated column beside the pence keeps (`amount`, `monthly_rent`). */
  readonly decimal?: string;
  /** Column of a child table that holds the parent's id, as a field name (`residentId`). */
  readonly parent?: string;
}

type Common = {
  doc?: string;
  subject?: string;
  code?: string;
};
type Required_ = { optional?: false };
type Optional_ = { optional: true };

/** Decorates a property that must be there and be of this type; anything else does not compile. */
type On<V> = <T extends object, K extends keyof T & string>(
  target: T,
  key: undefined extends T[K] ? never : null extends T[K] ? never : T[K] extends V ? K : never,
) => void;
/** Decorates a property that may be absent. */
type OnOptional<V> = <T extends object, K extends keyof T & string>(
  target: T,
  key: undefined extends T[K] ? (NonNullable<T[K]> extends V ? K : never) : never,
) => void;

const declared = new WeakMap<ClassOf, Map<string, Field>>();
const unclassified: string[] = [];

/** Adds a field to a class; used by the decorators and by the mixins. */
export function declareField(owner: ClassOf, field: Field): void {
  if (!isPrivacy(field.privacy)) unclassified.push(`${owner.name}.${field.name}`);
  const own = declared.get(owner) ?? new Map<string, Field>();
  own.set(field.name, field);
  declared.set(owner, own);
}

function isPrivacy(value: unknown): value is Privacy {
  return typeof value === 'object' && value !== null && 'class' in value;
}

/** Fields of a class, inherited ones first. @param owner the declared class. */
export function fieldsOf(owner: ClassOf): Field[] {
  const chain: ClassOf[] = [];
  for (let at: ClassOf | null = owner; at; at = Object.getPrototypeOf(at) as ClassOf | null) chain.unshift(at);
  const all = new Map<string, Field>();
  for (const link of chain) for (const [name, field] of declared.get(link) ?? []) all.set(name, field);
  return [...all.values()];
}

/** Names of fields declared without a privacy class (JavaScript callers, casts); boot refuses on them. */
export const unclassifiedFields = (): readonly string[] => unclassified;

function decorator(kind: FieldKind, privacy: Privacy, rest: object): never {
  return ((target: object, name: string) =>
    declareField(target.constructor as ClassOf, { optional: false, ...rest, kind, privacy, name })) as never;
}

export type TextOptions = Common & {
  min?: number;
  max?: number;
  pattern?: RegExp;
  normalise?: (text: string) => string;
  blind?: boolean;
};
/** Text, trimmed and NFC. `max` defaults to 200 characters. */
export function Text(privacy: Privacy, options: TextOptions & Optional_): OnOptional<string>;
export function Text(privacy: Privacy, options?: TextOptions & Required_): On<string>;
export function Text(privacy: Privacy, options: TextOptions & { optional?: boolean } = {}): never {
  return decorator('text', privacy, { min: options.optional ? 0 : 1, max: 200, ...options });
}

/** One of a closed set; keys of the enum equal its values. */
export function Choice<E extends Record<string, string>>(
  privacy: Privacy,
  enumName: string,
  values: E,
  options: Common & Optional_,
): OnOptional<E[keyof E]>;
export function Choice<E extends Record<string, string>>(
  privacy: Privacy,
  enumName: string,
  values: E,
  options?: Common & Required_,
): On<E[keyof E]>;
export function Choice(privacy: Privacy, enumName: string, values: Record<string, string>, options: object = {}): never {
  return decorator('choice', privacy, { ...options, enumName, values: Object.values(values) });
}

/** Id of another entity's row; GEN-1 checks that it exists in the organisation. */
export function Ref(privacy: Privacy, table: string, options: Common & Optional_): OnOptional<string>;
export function Ref(privacy: Privacy, table: string, options?: Common & Required_): On<string>;
export function Ref(privacy: Privacy, table: string, options: object = {}): never {
  return decorator('ref', privacy, { ...options, table });
}

/** Instant, RFC 3339 UTC with milliseconds and Z. */
export function Instant(privacy: Privacy, options: Common & Optional_): OnOptional<string>;
export function Instant(privacy: Privacy, options?: Common & Required_): On<string>;
export function Instant(privacy: Privacy, options: object = {}): never {
  return decorator('instant', privacy, options);
}

/** Civil date in London, YYYY-MM-DD. */
export function CivilDate(privacy: Privacy, options: Common & { keepYear?: boolean } & Optional_): OnOptional<string>;
export function CivilDate(privacy: Privacy, options?: Common & { keepYear?: boolean } & Required_): On<string>;
export function CivilDate(privacy: Privacy, options: object = {}): never {
  return decorator('date', privacy, options);
}

type Bounds = Common & { min?: number; max?: number; decimal?: string };
/** Integer pence, zero or more unless `min` says otherwise (GEN-10). */
export function Pence(privacy: Privacy, options: Bounds & Optional_): OnOptional<number>;
export function Pence(privacy: Privacy, options?: Bounds & Required_): On<number>;
export function Pence(privacy: Privacy, options: object = {}): never {
  return decorator('pence', privacy, { min: 0, max: 100_000_000_000, ...options });
}

/** Whole number. */
export function Int(privacy: Privacy, options: Bounds & Optional_): OnOptional<number>;
export function Int(privacy: Privacy, options?: Bounds & Required_): On<number>;
export function Int(privacy: Privacy, options: object = {}): never {
  return decorator('int', privacy, { min: 0, max: 2_147_483_647, ...options });
}

type DecimalBounds = Common & { min?: number; max?: number; digits?: number; scale?: number };
/** Decimal number of at most `scale` decimal places (4 unless said), for what is measured: never for money. */
export function Decimal(privacy: Privacy, options: DecimalBounds & Optional_): OnOptional<number>;
export function Decimal(privacy: Privacy, options?: DecimalBounds & Required_): On<number>;
export function Decimal(privacy: Privacy, options: object = {}): never {
  return decorator('decimal', privacy, { min: -1_000_000_000, max: 1_000_000_000, digits: 18, scale: 4, ...options });
}

/** True or false. */
export function Flag(privacy: Privacy, options: Common & Optional_): OnOptional<boolean>;
export function Flag(privacy: Privacy, options?: Common & Required_): On<boolean>;
export function Flag(privacy: Privacy, options: object = {}): never {
  return decorator('flag', privacy, options);
}

type ListOptions = Common & { max?: number; pattern?: RegExp; enumName?: string; values?: readonly string[] };
/** List of texts, or of a closed set; `max` items, default 100. */
export function List(privacy: Privacy, options: ListOptions & Optional_): OnOptional<string[]>;
export function List(privacy: Privacy, options?: ListOptions & Required_): On<string[]>;
export function List(privacy: Privacy, options: object = {}): never {
  return decorator('list', privacy, { max: 100, ...options });
}

/** A value object with fields of its own, sealed or clear as a whole. */
export function Group<G extends object>(
  privacy: Privacy,
  of: () => ClassOf<G>,
  options: Common & Optional_,
): OnOptional<G>;
export function Group<G extends object>(privacy: Privacy, of: () => ClassOf<G>, options?: Common & Required_): On<G>;
export function Group(privacy: Privacy, of: () => ClassOf, options: object = {}): never {
  return decorator('group', privacy, { ...options, of });
}

type ItemsOptions = Common & { max?: number };
/** List of value objects with fields of their own, sealed or clear as a whole; `max` items, default 100. */
export function Items<G extends object>(privacy: Privacy, of: () => ClassOf<G>, options: ItemsOptions & Optional_): OnOptional<G[]>;
export function Items<G extends object>(privacy: Privacy, of: () => ClassOf<G>, options?: ItemsOptions & Required_): On<G[]>;
export function Items(privacy: Privacy, of: () => ClassOf, options: object = {}): never {
  return decorator('list', privacy, { max: 100, ...options, of });
}

/**
 * Rows of a child table; each child has an `id` and classified fields of its own.
 * @param options.parent field name of the column that holds the parent's id (`residentId`).
 */
export function Children<C extends { id: string }>(table: string, of: () => ClassOf<C>, options: Common & { parent: string }): On<C[]>;
export function Children(table: string, of: () => ClassOf, options: object = {}): never {
  return decorator('children', pseudonymous, { ...options, table, of });
}

/** What a fold needs and no column shows; class 1 at most. */
export function Hidden(privacy: Privacy, options: Common = {}): (target: object, key: string) => void {
  return decorator('hidden', privacy, { ...options, optional: true });
}
