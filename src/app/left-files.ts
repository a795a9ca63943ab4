export { markOfProcess, sweepLeft } from '../state/left-files.js';
