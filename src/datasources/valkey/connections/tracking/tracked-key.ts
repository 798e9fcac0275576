/** One key that is tracked, or is to be tracked. A class, because there may be thousands of them. */
export class TrackedKey {
  readonly name: Buffer;
  /** `lost`: changes are missed until the key is registered again. `left` permanently. */
  state: 'opening' | 'tracked' | 'lost' | 'left' = 'opening';
  /** The address of the node on which the key is registered, or is being registered. */
  node: string | undefined;
  /** Whether its slot is still moving to that node, so that another node serves the slot. */
  isMoving = false;
  /** Whether a registration is in flight. Another one waits for it. */
  isBusy = false;
  /** Whether the key has changed during the registration. */
  isOutdated = false;
  /** Whether changes since the last report may have been missed. */
  hasGap = false;

  constructor(name: Buffer) {
    this.name = name;
  }

  /** A method, because the state may change during an await. */
  hasLeft(): boolean {
    return this.state === 'left';
  }

  /** Whether the key has changed during its last registration. */
  hasChanged(): boolean {
    return this.isOutdated;
  }
}
