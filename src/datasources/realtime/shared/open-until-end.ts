import { overrideListener, type LiveListener, type LiveSubscription } from '../../../runtime/live-source.js';

/** Opens a subscription and calls `ended` once: when it is closed, has failed or has completed, or cannot be opened. */
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
