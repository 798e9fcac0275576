import type { Client } from '@urql/core';
import { follow } from './follow.js';
import { graphql } from './graphql.js';
import { element } from './page.js';
import { run } from './run.js';

const Changes = graphql(`
  subscription Changes($cluster: String!) {
    clusterChanges(cluster: $cluster) {
      reason
      cluster {
        status
      }
    }
  }
`);

const Stands = graphql(`
  query Stands($cluster: String!) {
    cluster(name: $cluster) {
      status
    }
  }
`);

const Create = graphql(`
  mutation Create($input: CreateClusterInput!) {
    createCluster(input: $input) {
      created
      userErrors {
        message
      }
    }
  }
`);

/** Resolves when the cluster is available. Until then shows why it is not, and offers to create a missing cluster. */
export function untilAvailable(client: Client, cluster: string, notice: HTMLElement): Promise<void> {
  const say = (...content: (Node | string)[]) => {
    notice.replaceChildren(...content);
    notice.hidden = content.length === 0;
  };
  const create = async () => {
    try {
      say(`The cluster “${cluster}” is being made.`);
      await run(client, Create, { input: { name: cluster, ifNotExists: true } });
    } catch (error) {
      say(String(error));
    }
  };

  return new Promise((resolve) => {
    const leave = follow(
      client,
      Changes,
      { cluster },
      {
        next({ clusterChanges: change }) {
          if (!change) return;
          if (change.cluster.status !== 'AVAILABLE') {
            return say(`The cluster “${cluster}” is ${change.cluster.status.toLowerCase()}.`);
          }
          say();
          leave();
          resolve();
        },
        problem: say,
      },
    );
    // The subscription reports a cluster only once it exists.
    void client
      .query(Stands, { cluster })
      .toPromise()
      .then(({ data }) => {
        if (!data || data.cluster) return;
        const button = element('button', '', 'Create it');
        button.addEventListener('click', () => void create());
        say(`There is no cluster “${cluster}” yet. `, button);
      });
  });
}
