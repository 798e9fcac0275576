/** What may be known already: a promise for each field of the commonest request would cost more than the field. */
export type MaybePromise<Value> = Value | Promise<Value>;

export function mapMaybe<From, To>(value: MaybePromise<From>, map: (value: From) => To): MaybePromise<To> {
  return value instanceof Promise ? value.then(map) : map(value);
}
