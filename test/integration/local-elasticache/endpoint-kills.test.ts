import { expect, it } from 'vitest';
import { runKills } from '../../helpers/elasticache/kills/run-kills.js';

it(
  'an endpoint that is killed during a dozen random operations leaves whole, honest state',
  { timeout: 240_000 },
  async () => {
    // The choices differ each time. `npm run test:soak -- endpoint-kills --seed SEED` repeats them, and makes a hundred.
    const seed = Math.floor(Math.random() * 1e9);
    console.log(`seed ${seed}`);
    const { kills, acknowledgedWrites } = await runKills({
      ...{ seed, operations: 12, budgetMs: 40_000 },
      say: (line) => console.log(line),
    });
    expect(kills).toBeGreaterThan(0);
    expect(acknowledgedWrites).toBeGreaterThan(0);
  },
);
