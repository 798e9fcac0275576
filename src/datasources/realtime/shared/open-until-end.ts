import { overrideListener, type LiveListener, type LiveSubscription } from '../../../runtime/live-source.js';

/** Opens a subscription. Calls `ended` once: when it closes, fails or completes, or when it cannot be opened. */
export function openUntilEnd<Event>(
  open: (listener: LiveListener<Event>) => LiveSubscription,
  listener: LiveListener<Event>,
  ended: () => void,
): LiveSubscription {
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    ended();
  };
  try {
    const subscription = open(
      overrideListener(listener, {
        error(reason) {
          end();
          listener.error(reason);
        },
        complete() {
          end();
          listener.complete();
        },
      }),
    );
    return {
      ...subscription,
      close() {
        end();
        subscription.close();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
