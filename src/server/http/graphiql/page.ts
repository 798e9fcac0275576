import type { GraphiQLOptions } from 'graphql-yoga';
import { fixedTabsStyle } from '../../../interop/graphiql-store.js';
import { eventsScript } from './events-script.js';
import { leavingTabScript } from './leaving-tab-script.js';
import { starterScript } from './starter-script.js';
import { graphiqlTabs } from './starter-tabs.js';

/** GraphiQL at the endpoint itself, with subscriptions over its WebSocket. */
const open: GraphiQLOptions = {
  title: 'cachegraph',
  subscriptionsProtocol: 'WS',
  defaultTabs: graphiqlTabs.map((query) => ({ query })),
};

/**
 * Where callers authenticate: what the editor of headers holds is sent with event streams, and with no WebSocket. The page is
 * served to everybody, so it names nothing of the schema: `starterScript` fetches the starter operations with the caller's token.
 */
const guarded: GraphiQLOptions = {
  ...open,
  subscriptionsProtocol: 'SSE',
  headers: '{ "authorization": "Bearer " }',
  defaultTabs: [
    {
      query:
        '# Enter a token or an API key in the editor of headers below.\n' +
        '# Operations to start from open in tabs once it is accepted.\n',
    },
  ],
};

export interface GraphiQLPageOptions {
  /** Whether callers authenticate. */
  readonly isGuarded: boolean;
  /** Whether everybody who can load the page may know the schema. */
  readonly isSchemaOpen: boolean;
}

/** The page from disk, so that no request leaves the machine. It is 9 MB of code: loaded when first asked for. */
export async function renderGraphiQL({ isGuarded, isSchemaOpen }: GraphiQLPageOptions): Promise<string> {
  const page = await import('@graphql-yoga/render-graphiql');
  const options = isGuarded ? guarded : { ...open, ...(!isSchemaOpen && { defaultTabs: [{ query: '' }] }) };
  const additions = fixedTabsStyle + eventsScript + leavingTabScript + (isGuarded ? starterScript : '');
  // By a function, since `$` means something in a replacement text.
  return page.renderGraphiQL(options).replace('</head>', (end) => additions + end);
}
