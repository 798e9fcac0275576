import { withStore } from '../../../interop/graphiql-store.js';

/** The path of the starter operations. The page requests it by a relative URL, because a proxy may serve the API below another path. */
export const starterTabsPath = '/graphql/starter-tabs';

/**
 * Runs in GraphiQL's page. Requests the starter operations with the token in the headers editor, again after each change of the token,
 * and adds them as tabs. The active tab and its subscription stay.
 */
export const starterScript = `<script>
(() => {
  // The starter operations are added once per browser, so tabs that the user has closed stay closed.
  const addedKey = 'cachegraph:starter-tabs-added';
  if (localStorage.getItem(addedKey) !== null) return;

  ${withStore}
  const authorizationOf = ({ tabs, activeTabIndex }) => {
    try {
      const headers = JSON.parse(tabs[activeTabIndex]?.headers || '{}');
      const name = Object.keys(headers).find((each) => each.toLowerCase() === 'authorization');
      // Only the scheme: the user has not entered a token yet.
      return name && /^\\S+\\s+\\S/.test(headers[name]) ? headers[name] : undefined;
    } catch {
      return undefined;
    }
  };

  const makeTab = (query, headers) => {
    const title = /^(?!#).*(?:query|subscription|mutation)\\s+(\\w+)/m.exec(query)?.[1] ?? '<untitled>';
    const hash = [query, '', headers ?? ''].join('|');
    return { id: crypto.randomUUID?.() ?? String(Math.random()), hash, title, query, variables: null, headers, operationName: title, response: null };
  };

  const addTabs = (store, queries) => {
    const { tabs, activeTabIndex, actions } = store.getState();
    const known = new Set(tabs.map(({ query }) => query));
    const { headers } = tabs[activeTabIndex];
    const added = queries.filter((query) => !known.has(query)).map((query) => makeTab(query, headers));
    const next = { tabs: [...tabs, ...added], activeTabIndex };
    store.setState(next);
    actions.storeTabs(next);
    // Without a token, introspection was refused.
    actions.introspect();
    localStorage.setItem(addedKey, 'true');
  };

  const watch = (store) => {
    let tried;
    let settling;
    const request = async () => {
      const authorization = authorizationOf(store.getState());
      if (authorization === undefined || authorization === tried) return;
      tried = authorization;
      const response = await fetch('${starterTabsPath.slice(1)}', { headers: { accept: 'application/json', authorization } });
      if (!response.ok || authorization !== tried) return;
      unsubscribe();
      addTabs(store, (await response.json()).tabs);
    };
    const settle = () => {
      clearTimeout(settling);
      settling = setTimeout(() => request().catch(() => (tried = undefined)), 300);
    };
    const unsubscribe = store.subscribe(settle);
    settle();
  };

  withStore(watch);
})();
</script>`;
