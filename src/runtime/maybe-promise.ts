/**
 * A value or a promise of it. A known value is used synchronously: one event goes to thousands of subscribers, and a
 * promise for each field would cost more than the field.
 */
export type MaybePromise<Value> = Value | Promise<Value>;

export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Calls `use` synchronously if the value is already known. */
export function whenKnown<Value, Result>(
  value: MaybePromise<Value>,
  use: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromise(value) ? value.then(use) : use(value);
}
