import { enter, groupSpec, nodesOf, primaryOf, startFleet } from './fleet.js';

/** A process with a fleet, to be killed. It sends the ports of its nodes to its parent. */
const fleet = await startFleet(process.argv[2]);
const group = await fleet.start(groupSpec({ replicas: 1 }));
const client = await enter(primaryOf(group));
await client.command('SET', 'kept', 'yes');
process.send?.(nodesOf(group).map(({ port }) => port));
