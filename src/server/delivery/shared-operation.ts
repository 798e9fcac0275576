import { unrestricted } from '../../domain/access/access.js';
import { causeOf } from '../../domain/cluster/cluster-change.js';
import type { Principal } from '../../domain/access/principal.js';
import type { Logger } from '../../telemetry/log.js';
import type { FieldTraffic } from '../../telemetry/metrics/field-traffic.js';
import { createRequestContext, type RequestContext } from '../execution/request/request-context.js';
import { isPromise, whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import type { OperationPlan } from '../execution/prepare/operation-plan.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import { serialiseResult } from '../execution/results/serialise.js';
import { subscriptionField } from '../execution/root-fields.js';

/** The subscription of a delivery group: all subscribers with the same operation and the same results. */
export interface SharedOperation {
  /** The result of an event as JSON. The same event object gives the same bytes, without a promise if they are already known. */
  render(this: void, event: object): MaybePromise<Buffer>;
  /** Counts the results that its subscribers receive. */
  readonly traffic?: FieldTraffic | undefined;
  /** Whether this group's own reads have caused the event, so that its last result already shows the change. */
  hasCaused?(this: void, event: object): boolean;
}

/**
 * Finds the delivery group of an operation: by its text, its name and the variables that its results depend on, and by the caller
 * unless every selected field is caller-independent.
 */
export type SharedOperations = (operation: PreparedOperation, principal: Principal) => SharedOperation;

/** The delivery groups of one server. A group lives as long as a subscriber holds it. */
export function createSharedOperations(log: Logger, trafficOf?: (field: string) => FieldTraffic): SharedOperations {
  const byPlan = new WeakMap<OperationPlan, Map<string, WeakRef<SharedOperation>>>();
  return (operation, principal) => {
    const { plan, variables = {} } = operation;
    const groups = byPlan.get(plan) ?? new Map<string, WeakRef<SharedOperation>>();
    byPlan.set(plan, groups);
    const { dependsOnCaller } = plan;
    const distinguishing = Object.entries(variables).filter(([name]) => plan.resultVariables.has(name));
    const key = JSON.stringify([Object.fromEntries(distinguishing), dependsOnCaller ? principal.key : null]);
    const existing = groups.get(key)?.deref();
    if (existing) return existing;
    // The group has its own context: that of one subscriber ends with it, while others still subscribe.
    const deliveryGroup = {};
    const context = createRequestContext(log, dependsOnCaller ? principal : everyone, () => never, {
      transport: 'none',
      deliveryGroup,
    });
    const shared = shareOperation(operation, context, trafficOf?.(subscriptionField(operation)));
    groups.set(key, new WeakRef(shared));
    abandoned.register(shared, () => {
      if (!groups.get(key)?.deref()) groups.delete(key);
    });
    return shared;
  };
}

/** Removes the keys of groups without subscribers: clients may send ever new variables. */
const abandoned = new FinalizationRegistry((forget: () => void) => forget());

const never = new AbortController().signal;

/**
 * The principal of a group that several callers share. A field that is wrongly declared caller-independent fails when it reads this,
 * and does not send one caller's data to all. Access to the events was decided when each caller subscribed.
 */
const everyone: Principal = {
  get key(): string {
    throw new Error(readsCaller);
  },
  get name(): string {
    throw new Error(readsCaller);
  },
  access: unrestricted,
};
const readsCaller = 'A field that is declared caller-independent has read the caller.';

function shareOperation(
  operation: PreparedOperation,
  context: RequestContext,
  traffic: FieldTraffic | undefined,
): SharedOperation {
  let rendered = new WeakMap<object, MaybePromise<Buffer>>();
  let renderedFor: unknown;
  return {
    traffic,
    hasCaused: (event) => causeOf(event) === context.deliveryGroup,
    render(event) {
      const { access } = context.principal;
      // The grants have changed: an earlier result may contain more than the group may see now.
      if (access !== renderedFor) rendered = new WeakMap();
      renderedFor = access;
      const results = rendered;
      const existing = results.get(event);
      if (existing) return existing;
      const result = whenKnown(operation.execute(context, event), serialiseResult);
      results.set(event, result);
      if (isPromise(result)) {
        result.then(
          (known) => results.set(event, known),
          () => undefined, // The delivery of each subscriber handles the rejection.
        );
      }
      return result;
    },
  };
}
