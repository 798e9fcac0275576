/**
 * Code for a script in GraphiQL's page: `withStore(use)` calls `use` with GraphiQL's store as soon as there is one.
 *
 * GraphiQL has no interface for its tabs from outside. Its store is the value of the React context around it, which the page's
 * root element leads to. If a later version keeps it elsewhere, the page works without what needs the store, and the tests in
 * `test/browser` fail.
 */
export const withStore = `
  const findStore = () => {
    const root = document.querySelector('#root');
    const container = root && Object.keys(root).find((key) => key.startsWith('__reactContainer$'));
    const waiting = container ? [root[container]] : [];
    for (let fiber = waiting.pop(); fiber; fiber = waiting.pop()) {
      const store = fiber.memoizedProps?.value?.current;
      if (store?.getState?.().tabs && store.subscribe) return store;
      waiting.push(...[fiber.sibling, fiber.child].filter(Boolean));
    }
  };
  const withStore = (use, attempts = 100) => {
    const store = findStore();
    if (store) use(store);
    else if (attempts > 0) setTimeout(withStore, 100, use, attempts - 1);
  };
`;
