// Loaded ahead of a program with --require: when its main thread ends, the files of its modules go to descriptor 3.
const { writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  process.on('exit', () => {
    const files = Object.keys(require.cache).filter((file) => file !== __filename);
    writeSync(3, JSON.stringify(files));
  });
}
