import { byPipe } from '../../../src/local-elasticache/nodes/process/kill-on-parent-exit.js';

/** To be killed: when this process dies, so does the one that its argument names. */
byPipe.watch(Number(process.argv[2]));
process.send?.('watching');
