// Loaded into a server whose memory is measured: collects garbage on a signal.
process.on('SIGUSR2', () => globalThis.gc());
