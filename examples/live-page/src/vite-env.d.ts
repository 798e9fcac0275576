interface ImportMetaEnv {
  readonly VITE_CACHEGRAPH_URL?: string;
}
