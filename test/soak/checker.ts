import { setTimeout as delay } from 'node:timers/promises';
import { post } from '../helpers/clients/graphql-client.js';
import { noAnswer } from '../helpers/clients/load.js';

/** Sends one small request repeatedly, to measure how long answers and outages take. */
export interface Checker {
  /** The longest time to any answer or error, milliseconds. */
  readonly slowestMs: number;
  readonly codes: ReadonlyMap<string, number>;
  /** Resolves to the milliseconds until the next answer without an error. */
  answers(): Promise<number>;
  stop(): void;
}

const pauseMs = 20;

/** `query` may be a mutation; its user errors count as answers. */
export function startChecker(url: string, query: string): Checker {
  const codes = new Map<string, number>();
  let slowestMs = 0;
  let isOver = false;
  let answered: (() => void)[] = [];
  const check = async (): Promise<void> => {
    while (!isOver) {
      const began = performance.now();
      const waiting = answered;
      answered = [];
      const { errors = [] } = await post(url, query).catch(noAnswer);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      for (const { extensions } of errors) {
        const code = String(extensions?.['code']);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
      if (errors.length === 0) for (const resolve of waiting) resolve();
      else answered.push(...waiting);
      await delay(pauseMs);
    }
  };
  void check();
  return {
    get slowestMs() {
      return slowestMs;
    },
    codes,
    async answers() {
      const began = performance.now();
      await new Promise<void>((resolve) => answered.push(resolve));
      return performance.now() - began;
    },
    stop: () => void (isOver = true),
  };
}
