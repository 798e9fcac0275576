/** Looks are counted instead of time: while this process was suspended, or had no processor, nothing could reach it. */
const looks = 10;

/** Calls `onTimeUp` after so many milliseconds in which this process could have been reached. Returns a function that cancels this. */
export function startPatience(ms: number, onTimeUp: () => void): () => void {
  let left = looks;
  const look = (): void => {
    left -= 1;
    if (left > 0) timer = setTimeout(look, ms / looks);
    else onTimeUp();
  };
  let timer = setTimeout(look, ms / looks);
  return () => clearTimeout(timer);
}
