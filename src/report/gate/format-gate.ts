import type { GateResult } from '../../core/gate/gate-result.js';
import type { ReportFormat } from '../../core/report-format.js';
import { guardText } from '../../words/visible-text.js';
import { DEFAULT_WIDTH } from '../draw-report.js';
import type { ReportOptions } from '../report-options.js';
import { formatGateHtml } from './gate-html.js';
import { formatGateJson } from './gate-json.js';
import { formatGateJunit } from './gate-junit.js';
import { formatGateMarkdown } from './gate-markdown.js';
import { formatGatePrometheus } from './gate-prometheus.js';
import { formatGateTable } from './gate-table.js';

const MOST_STEP_BYTES = 1_000_000;

/** Draws the answer of a gate in one format. */
const GATE_FORMATS = {
  table: formatGateTable,
  json: formatGateJson,
  html: formatGateHtml,
  junit: formatGateJunit,
  github: (result, options) => formatGateMarkdown(result, { mostBytes: MOST_STEP_BYTES, ...options }),
  markdown: formatGateMarkdown,
  prometheus: formatGatePrometheus,
} as const satisfies Readonly<Record<ReportFormat, (result: GateResult, options: ReportOptions) => string>>;

/** How an answer is drawn: the table for people unless said otherwise, without colours, 120 wide. */
export interface FormatGateOptions {
  readonly format?: ReportFormat;
  readonly color?: boolean;
  readonly width?: number;
  /** For `markdown` and `github`, the most bytes that the report may take. */
  readonly mostBytes?: number;
}

/** Renders the answer of `runGate`. Nothing in the text is obeyed by a terminal or a build server, but for `prometheus`, as with runs. */
export function formatGate(result: GateResult, options: FormatGateOptions = {}): string {
  const { format = 'table', color = false, width = DEFAULT_WIDTH, ...rest } = options;
  const text = GATE_FORMATS[format](result, { color, width, ...rest });
  return format === 'prometheus' ? text : guardText(text);
}
