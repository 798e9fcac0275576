/** A state that changes by named events only. */
export interface StateMachine<State extends string, Event extends string> {
  is(state: State): boolean;
  /** Returns whether the event is possible in the current state; if it is not, the state stays as it is. */
  send(event: Event): boolean;
}

/** For each state, the events that are possible in it and the states to which they lead. */
export type Transitions<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

export function createStateMachine<State extends string, Event extends string>(
  initial: State,
  transitions: Transitions<State, Event>,
): StateMachine<State, Event> {
  let current: State = initial;
  return {
    is: (state) => current === state,
    send(event) {
      const next: State | undefined = transitions[current][event];
      if (next === undefined) return false;
      current = next;
      return true;
    },
  };
}
