import type { Client } from '@urql/core';
import { follow } from '../follow.js';
import { graphql } from '../graphql.js';
import { addRow, element, onText, showProblem } from '../page.js';
import { run } from '../run.js';

const Listen = graphql(`
  subscription Listen($cluster: String!, $channel: String!) {
    channelMessages(cluster: $cluster, channels: [$channel], announce: true) {
      started {
        at
      }
      messages {
        payload
        receivedAt
      }
      gap {
        reason
        missed
      }
    }
  }
`);

const Publish = graphql(`
  mutation Publish($input: PublishInput!) {
    publish(input: $input) {
      receivers
      userErrors {
        message
      }
    }
  }
`);

/** A channel, live. */
export function openChannel(client: Client, cluster: string, section: HTMLElement, list: HTMLElement): void {
  const channel = 'mychannel';
  const addNote = (text: string) => addRow(list, element('li', 'gap', text));

  let hasStarted = false;
  follow(
    client,
    Listen,
    { cluster, channel },
    {
      next({ channelMessages: delivery }) {
        showProblem(section);
        if (delivery?.started) {
          // After a lost connection the client subscribes again. Only this page knows about the interruption.
          if (hasStarted) addNote('Reconnected. Messages published in between were missed.');
          hasStarted = true;
        }
        if (delivery?.gap) addNote(gapInWords(delivery.gap.missed));
        for (const { payload, receivedAt } of delivery?.messages ?? []) {
          const time = element('time', '', new Date(receivedAt).toLocaleTimeString());
          time.dateTime = receivedAt;
          addRow(list, element('li', '', time, ' ', payload ?? '(not text)'));
        }
      },
      problem: (message) => showProblem(section, message),
    },
  );

  onText(section, (payload) => run(client, Publish, { input: { cluster, channel, payload } }));
}

function gapInWords(missed: number | null): string {
  if (missed === null) return 'Messages may have been missed here.';
  return missed === 1 ? 'One message was missed here.' : `${missed} messages were missed here.`;
}
