import { enter, groupSpec, nodesOf, primaryOf, startFleet } from './fleet.js';

/** A process that holds a fleet, to be killed: it says its nodes' ports to whoever forked it. */
const fleet = await startFleet(process.argv[2]);
const group = await fleet.start(groupSpec({ replicas: 1 }));
const client = await enter(primaryOf(group));
await client.command('SET', 'kept', 'yes');
process.send?.(nodesOf(group).map(({ port }) => port));
