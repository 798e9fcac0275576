import { byPipe } from '../../../src/local-elasticache/nodes/process/kill-on-parent-exit.js';

/** A process that has the one named by its argument die with it, to be killed. */
byPipe.watch(Number(process.argv[2]));
process.send?.('watching');
