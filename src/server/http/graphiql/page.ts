import type { GraphiQLOptions } from 'graphql-yoga';
import { fixedTabsStyle } from '../../../interop/graphiql-store.js';
import { eventsScript } from './events-script.js';
import { leavingTabScript } from './leaving-tab-script.js';
import { starterScript } from './starter-script.js';
import { graphiqlTabs } from './starter-tabs.js';

/** The options without authentication: subscriptions use the endpoint's WebSocket. */
const open: GraphiQLOptions = {
  title: 'cachegraph',
  subscriptionsProtocol: 'WS',
  defaultTabs: graphiqlTabs.map((query) => ({ query })),
};

/**
 * The options with authentication. Subscriptions use event streams, because GraphiQL sends the headers of its editor with them, and not
 * with a WebSocket. The page is served without credentials, so it must contain nothing of the schema: `starterScript` fetches the
 * starter operations with the caller's token.
 */
const guarded: GraphiQLOptions = {
  ...open,
  subscriptionsProtocol: 'SSE',
  headers: '{ "authorization": "Bearer " }',
  defaultTabs: [
    {
      query:
        '# Enter a token or an API key in the editor of headers below.\n' +
        '# Examples open in tabs once it is accepted.\n',
    },
  ],
};

export interface GraphiQLPageOptions {
  /** Whether callers must authenticate. */
  readonly isGuarded: boolean;
  /** Whether callers without credentials may introspect the schema. */
  readonly isSchemaOpen: boolean;
}

/** Renders the page from a local package, so that it loads nothing from the internet. The package is loaded on demand: it has 9 MB. */
export async function renderGraphiQL({ isGuarded, isSchemaOpen }: GraphiQLPageOptions): Promise<string> {
  const page = await import('@graphql-yoga/render-graphiql');
  const options = isGuarded ? guarded : { ...open, ...(!isSchemaOpen && { defaultTabs: [{ query: '' }] }) };
  const additions = fixedTabsStyle + eventsScript + leavingTabScript + (isGuarded ? starterScript : '');
  // A function, because `$` has a special meaning in a replacement string.
  return page.renderGraphiQL(options).replace('</head>', (end) => additions + end);
}
