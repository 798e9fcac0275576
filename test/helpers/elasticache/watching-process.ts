import { byPipe } from '../../../src/local-elasticache/nodes/process/kill-on-parent-exit.js';

/** A process that kills the process in its argument when it dies; to be killed. */
byPipe.watch(Number(process.argv[2]));
process.send?.('watching');
