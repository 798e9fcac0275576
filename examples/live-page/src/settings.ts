/** Where the API is and what of it the page shows. */
export interface Settings {
  /** The GraphQL endpoint. */
  readonly url: string;
  readonly cluster: string;
}

/**
 * Reads the page's own address, `?url=…&cluster=…`, so that it can be shared, and shows what it says in the form. Submitting
 * the form reloads the page.
 */
export function readSettings(form: HTMLFormElement): Settings {
  const address = new URLSearchParams(location.search);
  const settings = {
    url: address.get('url') || import.meta.env.VITE_CACHEGRAPH_URL || 'http://127.0.0.1:4000/graphql',
    cluster: address.get('cluster') || 'demo',
  };
  for (const [name, value] of Object.entries(settings)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  }
  return settings;
}
