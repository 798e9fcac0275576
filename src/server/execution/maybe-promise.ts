/** A value, now or later. What is known now is not made to wait: one event goes to thousands of subscribers at once. */
export type MaybePromise<Value> = Value | PromiseLike<Value>;

export function isPromiseLike<Value>(value: MaybePromise<Value>): value is PromiseLike<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** `use(value)`, in this turn where the value is there already. */
export function whenKnown<Value, Result>(
  value: MaybePromise<Value>,
  use: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromiseLike(value) ? value.then(use) : use(value);
}
