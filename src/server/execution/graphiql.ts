import type { GraphiQLOptions } from 'graphql-yoga';
import { graphiqlTabs } from './graphiql-tabs.js';

/** GraphiQL at the endpoint itself, with subscriptions over its WebSocket. */
const open: GraphiQLOptions = {
  title: 'cachegraph',
  subscriptionsProtocol: 'WS',
  defaultTabs: graphiqlTabs.map((query) => ({ query })),
};

/** Where callers authenticate: what stands in the editor of headers goes with event streams, and with no WebSocket. */
const guarded: GraphiQLOptions = {
  ...open,
  subscriptionsProtocol: 'SSE',
  headers: '{ "authorization": "Bearer " }',
};

/**
 * GraphiQL moves a tab that has the focus to where its animation last saw it, which with several default tabs is elsewhere:
 * a click's release would miss the tab, and no tab could be chosen by mouse.
 */
const tabsStayInPlace = '<style>.graphiql-tab { transform: none !important; }</style>';

/** The page from disk, so that no request leaves the machine. It is 9 MB of code: loaded when first asked for. */
export async function renderGraphiQL(isGuarded: boolean): Promise<string> {
  const page = await import('@graphql-yoga/render-graphiql');
  return page.renderGraphiQL(isGuarded ? guarded : open).replace('</head>', `${tabsStayInPlace}$&`);
}
