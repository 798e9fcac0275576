/** Who asks, as far as what may be seen depends on it: two callers of one key see the same. */
export interface Principal {
  readonly key: string;
}

/** Whoever asks without saying who it is; so far, everybody. */
export const anonymous: Principal = { key: 'anonymous' };
