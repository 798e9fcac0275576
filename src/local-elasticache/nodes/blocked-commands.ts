/**
 * What ElastiCache lets no client do: the nodes are the endpoint's, and some of these reach the machine's files. The ACL's
 * lists would show the endpoint's own administrator.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
 */
const blockedCommands = [
  'acl|deluser acl|getuser acl|list acl|load acl|log acl|save acl|setuser acl|users bgrewriteaof bgsave',
  'cluster|addslots cluster|addslotsrange cluster|bumpepoch cluster|delslots cluster|delslotsrange cluster|failover',
  'cluster|flushslots cluster|forget cluster|meet cluster|replicate cluster|reset cluster|saveconfig',
  'cluster|set-config-epoch cluster|setslot config debug failover migrate module psync replconf replicaof save shutdown slaveof sync',
];

/** As ACL rules, to stand at the end of a user's own and of each of its selectors. */
export const blockedCommandRules: readonly string[] = blockedCommands
  .flatMap((line) => line.split(' '))
  .map((command) => `-${command}`);
