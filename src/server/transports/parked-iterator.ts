/** An async iterator that yields nothing and only ends: what graphql-ws waits for while delivery writes the results. */
export interface ParkedIterator extends AsyncIterableIterator<never> {
  end(this: void): void;
  fail(this: void, reason: Error): void;
}

/** `onReturn` is called when whoever waits gives up. */
export function createParkedIterator(onReturn: () => void): ParkedIterator {
  let end: ParkedIterator['end'] = () => undefined;
  let fail: ParkedIterator['fail'] = () => undefined;
  const over = new Promise<IteratorReturnResult<undefined>>((resolve, reject) => {
    end = () => resolve({ done: true, value: undefined });
    fail = reject;
  });
  // It may fail before anybody waits.
  over.catch(() => undefined);
  return {
    end,
    fail,
    next: () => over,
    return() {
      onReturn();
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
