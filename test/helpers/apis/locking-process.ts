import { lockDataDir } from '../../../src/app/data-dir/data-dir-lock.js';

/** A process that locks each folder that its parent names, and answers whether it has the lock. */
process.on('message', (folder: string) => {
  void lockDataDir(folder).then(
    () => process.send?.(true),
    () => process.send?.(false),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
