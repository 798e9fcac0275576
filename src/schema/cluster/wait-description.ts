/** The description of `waitSeconds` of mutations that change a cluster. */
export const waitDescription =
  'Seconds to wait until the cluster is AVAILABLE again, 0 to 900. If omitted, the mutation returns at once. On AWS such a change takes ' +
  'minutes. If the time is over, the change goes on.';
