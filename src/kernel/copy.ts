/**
 * A shallow copy of the same class, with other values for some of its properties. Written as a literal: the engine copies
 * the shape of the object at once, where a made object would be filled name by name, ten times as slowly.
 */
export function copyOf<T extends object>(one: T, change?: Partial<T>): T {
  return { __proto__: Object.getPrototypeOf(one) as object, ...one, ...change } as unknown as T;
}
