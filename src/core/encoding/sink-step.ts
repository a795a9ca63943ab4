import type { ByteSink } from './byte-sink.js';

/** Rewrites the canonical value that was appended at `start`; a value that is none of its kind stays as it is. */
export type SinkStep = (sink: ByteSink, start: number) => void;
