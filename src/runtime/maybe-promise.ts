/**
 * A value, now or later. What is known now is not made to wait: one event goes to thousands of subscribers at once, and a
 * promise for each field of the commonest request would cost more than the field.
 */
export type MaybePromise<Value> = Value | Promise<Value>;

export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** `use(value)`, in this turn where the value is there already. */
export function whenKnown<Value, Result>(
  value: MaybePromise<Value>,
  use: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromise(value) ? value.then(use) : use(value);
}
