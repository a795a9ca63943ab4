export type { FixPlace, GateHooks, GateOutcome, GateQuestion } from './app/gate/gate-ask.js';
export { runGate } from './app/gate/run-gate.js';
export {
  type AskedRun,
  openSitting,
  readAsk,
  type SittingRequest,
} from './app/open-sitting.js';
export { type PlanHooks, planRun } from './app/plan-run.js';
export { type ReverseHooks, reverseConfig } from './app/reverse-config.js';
export type { RunHooks, TableDifference, ToldDifferences, VerifyOutcome } from './app/run-hooks.js';
export { type KeptRun, listKeptRuns, openKeptRun, type SavedRun } from './app/saved-runs.js';
export type { Sitting } from './app/sitting.js';
export { startVerify, type VerifyRun } from './app/start-verify.js';
export { verify } from './app/verify.js';
export type { ApplyOptions, ApplyProgress } from './apply/apply-options.js';
export { applyRepair } from './apply/apply-repair.js';
export {
  type ApplyPlan,
  type ApplyResult,
  type ApplyTablePlan,
  exitCodeOfApply,
  type LeftRow,
} from './apply/apply-result.js';
export type { VerifySettings } from './config/options/setting-types.js';
export { resolveConfig } from './config/resolve-config.js';
export type { RunConfig } from './config/run-config.js';
export { VERSION } from './config/version.js';
export type { BaselineResult } from './core/baseline.js';
export type { CanaryResult } from './core/canary.js';
export type { DifferenceCounts } from './core/chunk.js';
export type {
  CauseCode,
  Confidence,
  Diagnosis,
  DiagnosisEvidence,
  DiagnosisExample,
} from './core/diagnosis.js';
export type { DifferenceKind, KeptLines, RowDifference, Value } from './core/difference.js';
export { type ErrorCode, type OptionName, RowproofError } from './core/errors.js';
export type { RunEvent, RunListener } from './core/event.js';
export { exitCodeOfResult } from './core/exit-code.js';
export type { Finding, FindingCode } from './core/finding.js';
export type { AcceptedFinding } from './core/gate/accepted-finding.js';
export type { CheckFinding, CheckGroup, Phase } from './core/gate/check.js';
export type {
  CheckOutcome,
  CheckResult,
  GateFinding,
  GateResult,
  GateVerdict,
} from './core/gate/gate-result.js';
export type { Log, LogLevel } from './core/log.js';
export type { RunPlan, TablePlan } from './core/plan.js';
export type { ReportFormat } from './core/report-format.js';
export type {
  ColumnResult,
  HiddenParts,
  RowCounts,
  RunResult,
  SideResult,
  TableResult,
} from './core/result.js';
export type { AccountFacts, ClockOffset, ServerFacts, SidesFacts } from './core/server-facts.js';
export type { Night, RowTrend, TableNight } from './core/trend.js';
export { exitCodeOf, type Verdict } from './core/verdict.js';
export type { WaiverMark, WaiverUse } from './core/waiver.js';
export { createLog, type LogOptions } from './log/create-log.js';
export { formatDifferences } from './report/differences-file.js';
export type { FormatReportOptions } from './report/draw-report.js';
export { formatReport } from './report/format-report.js';
export { type FormatGateOptions, formatGate } from './report/gate/format-gate.js';
export { collectHtmlRows, type HtmlRows } from './report/html/rows/html-rows.js';
export { parseSavedResult } from './report/saved-result.js';
export { readWaivers, type WaiversSource } from './waivers/read-waivers.js';
export type { WaiverBook } from './waivers/waiver-book.js';
