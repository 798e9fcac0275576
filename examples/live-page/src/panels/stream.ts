import type { Client } from '@urql/core';
import { follow } from '../follow.js';
import { graphql, readFragment, type FragmentOf } from '../graphql.js';
import { addRow, element, onText, showProblem } from '../page.js';
import { run } from '../run.js';

export const EntryParts = graphql(`
  fragment EntryParts on StreamEntry {
    entryId
    fields {
      name
      value
    }
  }
`);

const Tail = graphql(
  `
    subscription Tail($cluster: String!, $stream: String!, $after: StreamId!) {
      streamEntries(cluster: $cluster, stream: $stream, after: $after) {
        entries {
          ...EntryParts
        }
        gap {
          reason
        }
      }
    }
  `,
  [EntryParts],
);

const Latest = graphql(
  `
    query Latest($cluster: String!, $stream: String!) {
      cluster(name: $cluster) {
        stream(name: $stream) {
          entries(first: 20, reverse: true) {
            nodes {
              ...EntryParts
            }
          }
        }
      }
    }
  `,
  [EntryParts],
);

const Add = graphql(`
  mutation Add($input: AddStreamEntryInput!) {
    addStreamEntry(input: $input) {
      entryId
      userErrors {
        message
      }
    }
  }
`);

export const stream = 'mystream';

/** Shows the existing entries and all new ones, without loss across reconnects. */
export async function openStream(
  client: Client,
  cluster: string,
  section: HTMLElement,
  list: HTMLElement,
): Promise<void> {
  onText(section, (value) =>
    run(client, Add, { input: { cluster, stream, fields: [{ name: 'text', value }], maxLength: 10_000 } }),
  );

  // The ID of the last entry shown: all that the page must remember to go on without loss or repeat.
  let last = '0';
  const show = (entries: readonly FragmentOf<typeof EntryParts>[]) => {
    for (const masked of entries) {
      const { entryId, fields } = readFragment(EntryParts, masked);
      addRow(list, element('li', '', element('code', '', entryId), ' ', fieldsInWords(fields)));
      last = entryId;
    }
  };

  const { data } = await client.query(Latest, { cluster, stream }).toPromise();
  show([...(data?.cluster?.stream?.entries?.nodes ?? [])].reverse());

  follow(
    client,
    Tail,
    { cluster, stream, after: last },
    {
      resumeWith: () => ({ after: last }),
      next({ streamEntries: delivery }) {
        showProblem(section);
        if (delivery?.gap) addRow(list, element('li', 'gap', 'Entries were removed here before this page read them.'));
        show(delivery?.entries ?? []);
      },
      problem: (message) => showProblem(section, message),
    },
  );
}

/** An entry's fields as a person reads them. */
export function fieldsInWords(fields: readonly { name: string | null; value: string | null }[]): string {
  return fields.map(({ name, value }) => `${name ?? '(not text)'}: ${value ?? '(not text)'}`).join(', ');
}
