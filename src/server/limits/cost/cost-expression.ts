/** A request's variables before coercion. */
export type Variables = Readonly<Record<string, unknown>>;

/** A cost that may depend on the variables of a request. */
export type CostExpression = number | VariableCost;

/** A cost that depends on variables. It is computed once per request, even if several other costs contain it. */
export class VariableCost {
  readonly #compute: (variables: Variables) => number;
  #computedFor: Variables | undefined;
  #value = 0;

  constructor(compute: (variables: Variables) => number) {
    this.#compute = compute;
  }

  evaluate(variables: Variables): number {
    if (this.#computedFor !== variables) {
      this.#value = this.#compute(variables);
      this.#computedFor = variables;
    }
    return this.#value;
  }
}

export function evaluateCost(cost: CostExpression, variables: Variables): number {
  return typeof cost === 'number' ? cost : cost.evaluate(variables);
}

export const sum = (parts: readonly CostExpression[]): CostExpression => combine(parts, (a, b) => a + b, 0);
export const product = (a: CostExpression, b: CostExpression): CostExpression => combine([a, b], (x, y) => x * y, 1);
export const maximum = (parts: readonly CostExpression[]): CostExpression => combine(parts, Math.max, 0);

/** Combines the costs that do not depend on variables immediately. */
function combine(
  parts: readonly CostExpression[],
  by: (a: number, b: number) => number,
  initial: number,
): CostExpression {
  const fixed = parts.filter((part) => typeof part === 'number').reduce((whole, part) => by(whole, part), initial);
  const varying = parts.filter((part) => part instanceof VariableCost);
  if (varying.length === 0) return fixed;
  return new VariableCost((variables) => varying.reduce((whole, part) => by(whole, part.evaluate(variables)), fixed));
}
