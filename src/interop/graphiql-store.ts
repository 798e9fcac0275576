/**
 * Code for a script in GraphiQL's page: `withStore(use)` calls `use` with GraphiQL's store as soon as it exists. The scripts add
 * starter tabs and end the subscription of a tab that is left, and GraphiQL has no interface for its tabs from outside.
 *
 * Relies on these internals of the GraphiQL in @graphql-yoga/render-graphiql 5.24 and of its React, none of them documented:
 * - React keeps the root of its tree on the page's element `#root`, under a key that begins with `__reactContainer$`, and the value of
 *   a context in the properties of its provider.
 * - GraphiQL's store is the `current` of such a value, and has the methods of zustand: `getState`, `setState` and `subscribe`.
 * - Its state has `tabs`, `activeTabIndex`, `subscription`, and `actions` with `storeTabs`, `introspect` and `stop`.
 *
 * If a later version keeps the store elsewhere, the page works without what needs it. Whether the scripts work is tested in a browser
 * (test/browser); the unit test only checks that these names still exist in GraphiQL's code.
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

/**
 * Style for GraphiQL's page. GraphiQL moves a focused tab to its position in the last animation, which is wrong with several default
 * tabs: the release of a click would miss the tab, and no tab could be selected by mouse. Relies on the class `graphiql-tab`.
 */
export const fixedTabsStyle = '<style>.graphiql-tab { transform: none !important; }</style>';
