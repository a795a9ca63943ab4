export { isAlive, markOfProcess, sweepLeft } from '../state/left-files.js';
