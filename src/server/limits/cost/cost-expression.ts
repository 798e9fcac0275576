/** A request's variables before coercion. */
export type Variables = Readonly<Record<string, unknown>>;

/** A cost that may depend on the variables of a request. */
export type CostExpression = number | VariableCost;

/** A cost that depends on variables: computed once per request, however many other costs contain it. */
export class VariableCost {
  readonly #compute: (variables: Variables) => number;
  #of: Variables | undefined;
  #value = 0;

  constructor(compute: (variables: Variables) => number) {
    this.#compute = compute;
  }

  evaluate(variables: Variables): number {
    if (this.#of !== variables) {
      this.#value = this.#compute(variables);
      this.#of = variables;
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

/** Costs that do not depend on variables are combined now. */
function combine(parts: readonly CostExpression[], by: (a: number, b: number) => number, none: number): CostExpression {
  const fixed = parts.filter((part) => typeof part === 'number').reduce((whole, part) => by(whole, part), none);
  const varying = parts.filter((part) => part instanceof VariableCost);
  if (varying.length === 0) return fixed;
  return new VariableCost((variables) => varying.reduce((whole, part) => by(whole, part.evaluate(variables)), fixed));
}
