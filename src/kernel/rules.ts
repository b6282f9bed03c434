/** A rule of the domain: a stable code and the sentence that people read. */
export interface DeclaredRule {
  readonly code: string;
  readonly sentence: string;
  /** What it is about: the read table of the entity, or the words of a register. */
  readonly about: string;
  /** Declared for a later slice: nothing refuses with it yet. */
  readonly later: boolean;
  /** An identity that always holds and no command can break (a balance is the sum of its ledger): a property test shows it. */
  readonly identity: boolean;
}

const declared = new Map<string, DeclaredRule>();
const twice: string[] = [];

type Sentences = Readonly<Record<string, string>>;

/**
 * Declares the rules of one entity or register, each once in the whole product.
 * @param options.later codes of this page that a later slice enforces.
 * @param options.identities codes that hold by construction and are shown by property tests.
 */
export function declareRules(about: string, sentences: Sentences, options: { later?: Sentences; identities?: Sentences } = {}): void {
  const add = (kind: Sentences, later: boolean, identity: boolean): void => {
    for (const [code, sentence] of Object.entries(kind)) {
      if (declared.has(code)) twice.push(code);
      declared.set(code, { code, sentence, about, later, identity });
    }
  };
  add(sentences, false, false);
  add(options.later ?? {}, true, false);
  add(options.identities ?? {}, false, true);
}

/** Every declared rule, by code. */
export const declaredRules = (): readonly DeclaredRule[] =>
  [...declared.values()].sort((a, b) => a.code.localeCompare(b.code, 'en', { numeric: true }));
export const ruleOf = (code: string): DeclaredRule | undefined => declared.get(code);
/** Codes that were declared more than once; boot refuses on them. */
export const rulesDeclaredTwice = (): readonly string[] => twice;

/** A refusal: a code, its sentence, and where it can be seen in the input. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly sentence: string,
    readonly options: {
      readonly status?: 403 | 404 | 409 | 410 | 422;
      /** Of the command, a part of it behind a slash. */
      readonly field?: string;
      /** What else commands call it, where a register refuses and several kinds of commands ask it. */
      readonly otherwise?: readonly string[];
    } = {},
  ) {
    super(`${code}: ${sentence}`);
  }
  get status(): number {
    return this.options.status ?? 422;
  }
  /** The same refusal at the field that a command of these fields has for it; at none where it has none. */
  within(fields: readonly { readonly name: string }[]): Refusal {
    const { field, otherwise = [], ...options } = this.options;
    const named = (path: string): boolean => fields.some(({ name }) => name === path.split('/', 1)[0]);
    const found = [field, ...otherwise].find((one) => one !== undefined && named(one));
    return new Refusal(this.code, this.sentence, { ...options, ...(found === undefined ? {} : { field: found }) });
  }
}

type Observer = (code: string, holds: boolean) => void;
let observer: Observer | undefined;
/** Tells each time a rule is asked; the test run finds out with it which rules no spec has shown. */
export function observeRules(told: Observer | undefined): void {
  observer = told;
}
/** For checks that are made elsewhere (a pattern in a field's declaration that carries a rule's code). */
export const ruleAsked: Observer = (code, holds) => observer?.(code, holds);

/**
 * Refuses with this rule unless it holds.
 * @param sentence what exactly is wrong here, for the person who asked.
 * @param field of the command where it can be seen; several where commands call it differently.
 * @throws Refusal
 */
export function rule(
  code: string,
  sentence: string,
  holds: boolean,
  field?: string | readonly string[],
  status?: 403 | 404 | 409 | 410 | 422,
): asserts holds {
  observer?.(code, holds);
  if (holds) return;
  const [first, ...otherwise] = typeof field === 'string' ? [field] : (field ?? []);
  throw new Refusal(code, sentence, { ...(first ? { field: first } : {}), ...(otherwise.length > 0 ? { otherwise } : {}), ...(status ? { status } : {}) });
}
