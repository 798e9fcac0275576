/**
 * Commands that ElastiCache blocks for all clients: the endpoint manages the nodes, and some commands reach the
 * machine's files. The ACL lists would reveal the endpoint's own administrator.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
 */
const blockedCommands = [
  'acl|deluser acl|getuser acl|list acl|load acl|log acl|save acl|setuser acl|users bgrewriteaof bgsave',
  'cluster|addslots cluster|addslotsrange cluster|bumpepoch cluster|delslots cluster|delslotsrange cluster|failover',
  'cluster|flushslots cluster|forget cluster|meet cluster|replicate cluster|reset cluster|saveconfig',
  'cluster|set-config-epoch cluster|setslot config debug failover migrate module psync replconf replicaof save shutdown slaveof sync',
];

/** ACL rules for the end of a user's own rules and of each of its selectors. */
export const blockedCommandRules: readonly string[] = blockedCommands
  .flatMap((line) => line.split(' '))
  .map((command) => `-${command}`);
