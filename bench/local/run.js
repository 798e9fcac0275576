import { median } from '../lib/figures.js';
import { end } from '../lib/processes.js';
import { openEndpoint } from './endpoint.js';
import { scenes } from './scenes.js';

/** What the local ElastiCache takes, beside what it should take. */
export async function benchLocal({ rounds, isSelected }) {
  const rows = {};
  for (const [name, { measure, atMost, atLeast }] of Object.entries(scenes)) {
    if (!isSelected.scene(name)) continue;
    const figures = [];
    for (let round = 0; round < rounds; round += 1) {
      // A fresh process and data directory, so that no scene pays for another.
      const endpoint = await openEndpoint();
      figures.push(await measure(endpoint));
      endpoint.client.destroy();
      await end(endpoint.pid);
    }
    const reached = median(figures);
    rows[name] = {
      median: rounded(reached),
      lowest: rounded(Math.min(...figures)),
      highest: rounded(Math.max(...figures)),
      target: atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`,
      met: atMost === undefined ? reached >= atLeast : reached <= atMost,
    };
  }
  console.log('\nThe local ElastiCache');
  console.table(rows);
}

const rounded = (figure) => Number(figure.toPrecision(3));
