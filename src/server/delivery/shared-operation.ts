import { unrestricted } from '../../domain/access/access.js';
import { causeOf } from '../../domain/cluster/cluster-change.js';
import type { Principal } from '../../domain/access/principal.js';
import type { Logger } from '../../telemetry/log.js';
import type { FieldTraffic } from '../../telemetry/metrics/field-traffic.js';
import { createRequestContext, type RequestContext } from '../execution/request-context.js';
import { isPromise, whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import type { OperationPlan } from '../execution/operation-plan.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import { serialiseResult } from '../execution/serialise.js';
import { subscriptionField } from '../execution/root-fields.js';

/** A subscription as it is shared by a delivery group: all who asked for the same and get the same answer. */
export interface SharedOperation {
  /** The result for an event as JSON. The same event object gives the same bytes, at once where they are made already. */
  render(this: void, event: object): MaybePromise<Buffer>;
  /** Counts what its subscribers are sent. */
  readonly traffic?: FieldTraffic | undefined;
  /** Whether the event reports what this group's own reads have caused, which its last result has shown already. */
  hasCaused?(this: void, event: object): boolean;
}

/**
 * Finds the delivery group of an operation: by its text, its name and the variables that its results depend on, and by who
 * asks unless every field that it selects is the same for everyone.
 */
export type SharedOperations = (operation: PreparedOperation, principal: Principal) => SharedOperation;

/** The registry of one server. An entry lives as long as a subscriber holds it. */
export function createSharedOperations(log: Logger, trafficOf?: (field: string) => FieldTraffic): SharedOperations {
  const byPlan = new WeakMap<OperationPlan, Map<string, WeakRef<SharedOperation>>>();
  return (operation, principal) => {
    const { plan, variables = {} } = operation;
    const alike = byPlan.get(plan) ?? new Map<string, WeakRef<SharedOperation>>();
    byPlan.set(plan, alike);
    const depends = plan.dependsOnCaller;
    const distinguishing = Object.entries(variables).filter(([name]) => plan.resultVariables.has(name));
    const key = JSON.stringify([Object.fromEntries(distinguishing), depends ? principal.key : null]);
    const existing = alike.get(key)?.deref();
    if (existing) return existing;
    // The group's own: a subscriber's would end with it, and the others are still there.
    const deliveryGroup = {};
    const context = createRequestContext(log, depends ? principal : everyone, () => never, {
      transport: 'none',
      deliveryGroup,
    });
    const shared = shareOperation(operation, context, trafficOf?.(subscriptionField(operation)));
    alike.set(key, new WeakRef(shared));
    abandoned.register(shared, () => {
      if (!alike.get(key)?.deref()) alike.delete(key);
    });
    return shared;
  };
}

/** Forgets the keys of operations that nobody holds any more: variables may differ without end. */
const abandoned = new FinalizationRegistry((forget: () => void) => forget());

const never = new AbortController().signal;

/**
 * A field that is declared wrongly fails here, rather than answer all with what is one's own. What may be seen of the events
 * was decided when each of them subscribed.
 */
const everyone: Principal = {
  get key(): string {
    throw new Error(lookedAtCaller);
  },
  get name(): string {
    throw new Error(lookedAtCaller);
  },
  access: unrestricted,
};
const lookedAtCaller = 'A field that is declared the same for everyone has looked at who asks.';

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
      // What an event was once rendered to may hold more than its group may see now.
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
          () => undefined, // Every subscriber's delivery sees the rejection itself.
        );
      }
      return result;
    },
  };
}
