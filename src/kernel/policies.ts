/** A figure that an organisation sets for itself where it wants another than the product's. */
export interface DeclaredPolicy {
  readonly code: string;
  readonly default: number;
  /** What it counts: `working days`, `pence`, `percent`. */
  readonly unit: string;
  readonly doc: string;
  /** Bounds of what may be set; 0 and a million where absent. */
  readonly min: number;
  readonly max: number;
}

const declared = new Map<string, DeclaredPolicy>();

/** Declares policy figures, each once in the whole product. @throws Error where a code is taken. */
export function declarePolicies(policies: Readonly<Record<string, Omit<DeclaredPolicy, 'code' | 'min' | 'max'> & { min?: number; max?: number }>>): void {
  for (const [code, policy] of Object.entries(policies)) {
    if (declared.has(code)) throw new Error(`The policy ${code} is declared twice: codes are unique in the product, choose another.`);
    declared.set(code, { min: 0, max: 1_000_000, ...policy, code });
  }
}

/** Every policy figure, by code. */
export const declaredPolicies = (): readonly DeclaredPolicy[] =>
  [...declared.values()].sort((a, b) => a.code.localeCompare(b.code, 'en', { numeric: true }));
export const policyDeclared = (code: string): DeclaredPolicy | undefined => declared.get(code);
