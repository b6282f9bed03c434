/** One by one, when it is asked for: whoever takes them is at work with those before. */
export function* mapped<From, To>(from: Iterable<From>, to: (one: From) => To): Generator<To> {
  for (const one of from) yield to(one);
}
