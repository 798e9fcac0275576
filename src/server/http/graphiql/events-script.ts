/**
 * Runs in GraphiQL's page before its own code. Shows whether a subscription is connected, and all of its events. GraphiQL itself shows
 * only the latest event, and nothing before the first one.
 *
 * The script observes the page's WebSocket and server-sent events, and does not change them.
 */
export const eventsScript = `<style>
  body { display: flex; flex-direction: column; height: 100vh; overflow: hidden; }
  body > #root { flex: 1; min-height: 0; height: auto !important; overflow: hidden; display: flex; flex-direction: column; }
  body > #root > * { flex: 1; min-height: 0; }
  #root .graphiql-container { height: 100% !important; min-height: 0; }
  #events { flex: none; max-height: 30vh; display: flex; flex-direction: column; font: 13px/1.4 monospace; color: #3b4b68; background: #f6f8fb; border-top: 1px solid #c5ccd9; color-scheme: light; }
  #events[hidden] { display: none; }
  #events > div { display: flex; justify-content: space-between; padding: 6px 16px; }
  #events > div > span:last-child { flex: none; }
  #events button { margin-left: 8px; }
  #events ol { overflow: auto; margin: 0; padding: 0 16px 6px; list-style: none; }
  #events li { white-space: pre-wrap; overflow-wrap: anywhere; }
  body.graphiql-dark #events { color: #b7c2d7; background: #212a3b; border-color: #4a5570; color-scheme: dark; }
  @media (prefers-color-scheme: dark) {
    body:not(.graphiql-light) #events { color: #b7c2d7; background: #212a3b; border-color: #4a5570; color-scheme: dark; }
  }
</style>
<script>
(() => {
  const maxEvents = 100;
  const running = new Map();
  let count = 0;
  let panel;

  const open = () => {
    if (panel) return panel;
    const section = document.createElement('section');
    section.id = 'events';
    section.setAttribute('aria-label', 'Events');
    const head = document.createElement('div');
    const state = document.createElement('span');
    state.setAttribute('role', 'status');
    const clear = document.createElement('button');
    clear.textContent = 'Clear';
    const list = document.createElement('ol');
    clear.addEventListener('click', () => { list.replaceChildren(); count = 0; show(); });
    const close = document.createElement('button');
    close.textContent = 'Close';
    // The next subscription opens the panel again.
    close.addEventListener('click', () => { section.hidden = true; document.querySelector('.graphiql-execute-button')?.focus(); });
    const buttons = document.createElement('span');
    buttons.append(clear, close);
    head.append(state, buttons);
    section.append(head, list);
    document.body.append(section);
    return (panel = { section, state, list });
  };

  const show = (ended) => {
    const { state } = open();
    const names = [...running.values()].join(', ');
    const events = count === 0 ? 'no event yet' : count === 1 ? '1 event' : count + ' events';
    state.textContent = names ? 'Connected to the API: ' + names + ' (' + events + ')' : (ended ?? 'Ended') + ' (' + events + ')';
  };

  const begin = (id, query, operationName) => {
    // Do not count the events of earlier subscriptions.
    if (running.size === 0) count = 0;
    open().section.hidden = false;
    running.set(id, operationName || /subscription\\s+(\\w+)/.exec(query ?? '')?.[1] || 'subscription');
    show();
  };
  const end = (id, how) => {
    if (running.delete(id)) show(how);
  };
  const add = (id, payload) => {
    const name = running.get(id);
    if (name === undefined) return;
    const { list } = open();
    const row = document.createElement('li');
    row.textContent = [new Date().toLocaleTimeString(), name, JSON.stringify(payload)].join('  ');
    list.prepend(row);
    while (list.children.length > maxEvents) list.lastChild.remove();
    count += 1;
    show();
  };
  const read = (text) => {
    try { return JSON.parse(text); } catch { return {}; }
  };

  const NativeWebSocket = window.WebSocket;
  window.WebSocket = class extends NativeWebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener('message', ({ data }) => {
        const { type, id, payload } = read(data);
        if (type === 'next') add(id, payload);
        if (type === 'complete') end(id, 'Completed');
        if (type === 'error') end(id, 'Ended with an error');
      });
      this.addEventListener('close', () => { for (const id of [...running.keys()]) end(id, 'Disconnected'); });
    }
    send(data) {
      const { type, id, payload } = read(data);
      super.send(data);
      if (type === 'subscribe') begin(id, payload?.query, payload?.operationName);
      if (type === 'complete') end(id, 'Stopped');
    }
  };

  const follow = async (stream, id) => {
    let how = 'Completed';
    try {
      let text = '';
      for (const reader = stream.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        const blocks = (text + value).split('\\n\\n');
        text = blocks.pop();
        for (const block of blocks) {
          const data = block.split('\\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim()).join('\\n');
          if (/^event: *next$/m.test(block)) add(id, read(data));
        }
      }
    } catch {
      how = 'Stopped';
    }
    end(id, how);
  };

  const parametersOf = (url) => Object.fromEntries(new URL(url).searchParams);

  const nativeFetch = window.fetch;
  window.fetch = async (resource, options) => {
    const response = await nativeFetch(resource, options);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    const { query, operationName } = typeof options?.body === 'string' ? read(options.body) : parametersOf(response.url);
    // GraphiQL accepts an event stream for queries, too.
    if (!response.ok || !isStream || !/^\\s*subscription\\b/m.test(query ?? '')) return response;
    const [own, copy] = response.body.tee();
    const id = {};
    begin(id, query, operationName);
    options?.signal?.addEventListener('abort', () => end(id, 'Stopped'));
    void follow(copy, id);
    return new Response(own, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
})();
</script>`;
