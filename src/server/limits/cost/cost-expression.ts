/** Variables as a request has them, before they are coerced. */
export type Variables = Readonly<Record<string, unknown>>;

/** A number that may depend on the variables of a request. */
export type Amount = number | Varying;

/** An amount that is reckoned once a request, however many others it is a part of. */
export class Varying {
  readonly #reckon: (variables: Variables) => number;
  #of: Variables | undefined;
  #amount = 0;

  constructor(reckon: (variables: Variables) => number) {
    this.#reckon = reckon;
  }

  amount(variables: Variables): number {
    if (this.#of !== variables) {
      this.#amount = this.#reckon(variables);
      this.#of = variables;
    }
    return this.#amount;
  }
}

export function amountOf(amount: Amount, variables: Variables): number {
  return typeof amount === 'number' ? amount : amount.amount(variables);
}

export const sum = (parts: readonly Amount[]): Amount => combine(parts, (a, b) => a + b, 0);
export const product = (a: Amount, b: Amount): Amount => combine([a, b], (x, y) => x * y, 1);
export const greatest = (parts: readonly Amount[]): Amount => combine(parts, Math.max, 0);

/** What is the same in every request is reckoned now. */
function combine(parts: readonly Amount[], by: (a: number, b: number) => number, none: number): Amount {
  const fixed = parts.filter((part) => typeof part === 'number').reduce((whole, part) => by(whole, part), none);
  const varying = parts.filter((part) => part instanceof Varying);
  if (varying.length === 0) return fixed;
  return new Varying((variables) => varying.reduce((whole, part) => by(whole, part.amount(variables)), fixed));
}
