import { setImmediate } from 'node:timers/promises';
import { eventually } from '../run/eventually.js';
import { post, type Result } from './graphql-client.js';

/** A load of operations, one after another, whatever the answers are. */
export interface Load extends AsyncDisposable {
  /** The number of answers without an error. */
  readonly answered: number;
  /** The codes of the errors, in order. */
  readonly codes: readonly string[];
  /** Messages of those errors, for failure reports. */
  readonly messages: readonly string[];
  /** Resolves after that many more answers without an error. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Sends the operations of `next(number)`, several concurrently. User errors count as errors. */
export function startLoad(
  url: string,
  next: (n: number) => { readonly query: string; readonly variables?: Record<string, unknown> },
  parallel = 4,
): Load {
  const codes: string[] = [];
  const messages: string[] = [];
  let answered = 0;
  let asked = 0;
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      const { query, variables } = next((asked += 1));
      const { data, errors = [] } = await post(url, query, variables).catch(noAnswer);
      const payloads = Object.values(data ?? {}) as ({ userErrors?: { code: string; message: string }[] } | null)[];
      const refused = payloads.flatMap((payload) => payload?.userErrors ?? []);
      for (const { message, extensions } of errors) {
        codes.push(String(extensions?.['code']));
        messages.push(message);
      }
      for (const { code, message } of refused) {
        codes.push(code);
        messages.push(message);
      }
      if (errors.length === 0 && refused.length === 0) answered += 1;
      await setImmediate();
    }
  };
  const running = Promise.all(Array.from({ length: parallel }, ask));
  const stop = async (): Promise<void> => {
    isOver = true;
    await running;
  };
  return {
    get answered() {
      return answered;
    },
    codes,
    messages,
    more(count) {
      const before = answered;
      return eventually(() => {
        if (answered < before + count) throw new Error(`${answered - before} of ${count} answered; ${messages.at(-1)}`);
      });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Several loads that are stopped together. */
export function together(...loads: readonly Load[]): AsyncDisposable & {
  readonly loads: readonly Load[];
  /** Resolves after that many more answers without an error to each. */
  more(count: number): Promise<unknown>;
  stop(): Promise<unknown>;
} {
  const stop = () => Promise.all(loads.map((load) => load.stop()));
  return {
    loads,
    more: (count) => Promise.all(loads.map((load) => load.more(count))),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** The result of a request that no server answered. */
export function noAnswer(cause: unknown): Result {
  return { errors: [{ message: String(cause), extensions: { code: 'NO_ANSWER' } }] };
}
