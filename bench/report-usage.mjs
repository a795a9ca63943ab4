// Loaded ahead of a measured program with --import: when the process ends, its use of resources goes to descriptor 3.
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const USAGE_DESCRIPTOR = 3;

/** The numbers are those of the whole process, so its worker threads are in them; only the main thread reports. */
if (isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1024 };
    writeSync(USAGE_DESCRIPTOR, JSON.stringify(usage));
  });
}
