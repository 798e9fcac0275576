import type { Client } from '@urql/core';
import { follow } from '../follow.js';
import { graphql, readFragment } from '../graphql.js';
import { element, part, reporting, showProblem } from '../page.js';
import { run } from '../run.js';
import { EntryParts, fieldsInWords, stream } from './stream.js';

const Work = graphql(
  `
    subscription Work($cluster: String!, $stream: String!, $group: String!, $consumer: String!) {
      groupEntries(cluster: $cluster, stream: $stream, group: $group, consumer: $consumer, maxInFlight: 10) {
        entries {
          claimed
          deliveryCount
          entry {
            ...EntryParts
          }
        }
      }
    }
  `,
  [EntryParts],
);

const CreateGroup = graphql(`
  mutation CreateGroup($input: CreateConsumerGroupInput!) {
    createConsumerGroup(input: $input) {
      created
      userErrors {
        message
      }
    }
  }
`);

const Acknowledge = graphql(`
  mutation Acknowledge($input: AcknowledgeEntriesInput!) {
    acknowledgeEntries(input: $input) {
      acknowledged
      userErrors {
        message
      }
    }
  }
`);

const group = 'workers';
/** Of this page alone: no two subscribers of a group may have one name. */
const consumer = `page-${crypto.randomUUID().slice(0, 8)}`;

/** A worker of a consumer group whose work is done by hand: each entry waits to be acknowledged. */
export function openGroup(client: Client, cluster: string, section: HTMLElement, list: HTMLElement): void {
  const workButton = part(section, '#work', HTMLButtonElement);
  const allButton = part(section, '#acknowledge-all', HTMLButtonElement);
  const count = part(section, '#acknowledged', HTMLOutputElement);
  const rows = new Map<string, HTMLLIElement>();
  let acknowledged = 0;
  let stop: (() => void) | undefined;

  const showCounts = () => {
    allButton.disabled = rows.size === 0;
    allButton.textContent = rows.size > 1 ? `Acknowledge all ${rows.size}` : 'Acknowledge all';
    count.textContent = `${acknowledged} acknowledged`;
  };

  const acknowledge = (entryIds: string[]) =>
    reporting(section, async () => {
      const input = { cluster, stream, group, entryIds };
      const { acknowledgeEntries } = await run(client, Acknowledge, { input });
      acknowledged += acknowledgeEntries?.acknowledged ?? 0;
      for (const entryId of entryIds) {
        rows.get(entryId)?.remove();
        rows.delete(entryId);
      }
      showCounts();
    });

  const start = () =>
    follow(
      client,
      Work,
      { cluster, stream, group, consumer },
      {
        next({ groupEntries: delivery }) {
          showProblem(section);
          for (const { entry: masked, claimed, deliveryCount } of delivery?.entries ?? []) {
            const entry = readFragment(EntryParts, masked);
            const row = workRow(entry, { claimed, deliveryCount }, () => acknowledge([entry.entryId]));
            // After a reconnect a worker is given what it had not acknowledged again: one entry, still one row.
            const before = rows.get(entry.entryId);
            if (before) before.replaceWith(row);
            else list.append(row);
            rows.set(entry.entryId, row);
          }
          showCounts();
        },
        problem: (message) => showProblem(section, message),
      },
    );

  workButton.addEventListener('click', () => {
    if (stop) {
      stop();
      stop = undefined;
    } else {
      void reporting(section, async () => {
        stop = () => undefined;
        await run(client, CreateGroup, { input: { cluster, stream, group, startAt: '0', ifNotExists: true } });
        if (stop) stop = start();
      });
    }
    workButton.setAttribute('aria-pressed', String(stop !== undefined));
    workButton.textContent = stop ? 'Stop working' : 'Start working';
  });
  allButton.addEventListener('click', () => void acknowledge([...rows.keys()]));
}

function workRow(
  { entryId, fields }: { entryId: string; fields: readonly { name: string | null; value: string | null }[] },
  { claimed, deliveryCount }: { claimed: boolean; deliveryCount: number },
  acknowledge: () => Promise<void>,
): HTMLLIElement {
  const button = element('button', '', 'Acknowledge');
  button.setAttribute('aria-label', `Acknowledge ${entryId}`);
  button.addEventListener('click', () => {
    button.disabled = true;
    void acknowledge().finally(() => (button.disabled = false));
  });
  const badges = [
    ...(claimed ? [element('span', 'badge', 'claimed')] : []),
    ...(deliveryCount > 1 ? [element('span', 'badge', `delivery ${deliveryCount}`)] : []),
  ];
  return element(
    'li',
    '',
    element('span', '', element('code', '', entryId), ' ', fieldsInWords(fields), ' ', ...badges),
    button,
  );
}
