import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { JobFacts } from '../../core/gate/job-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import { finding, unknownFinding } from '../findings.js';

/**
 * Whether the source's events and jobs run where they belong: on the source until the switch, then on the target. What they write
 * is replicated, so that one that runs on both sides writes twice. Whether events run on the target is another check's question.
 */
export const schedulers: Check = {
  id: 'schedulers',
  group: 'writers',
  claim: 'events and jobs run on the side that the application runs on, and on no other',
  weight: 'advice',
  phases: ['cutover', 'after'],
  find: (context) => {
    const { source, target } = context.facts;
    if (SIDES.every((side) => isAbsent(side, context)))
      return [finding('not-applicable', { subject: 'source', evidence: 'neither side runs any jobs' })];
    return [
      ...SIDES.flatMap((side) => hiddenJobs(side, context)),
      ...findEvents(context),
      ...(source.jobs.known ? runningJobs('source', context).map((job) => onSource(job, context)) : []),
      ...(target.jobs.known ? target.jobs.value.jobs.flatMap((job) => onTarget(job, context) ?? []) : []),
    ];
  },
};

function isAbsent(side: Side, { facts }: GateContext): boolean {
  const { jobs, events } = facts[side];
  return !jobs.known && jobs.isAbsent === true && !events.known && events.isAbsent === true;
}

function hiddenJobs(side: Side, { facts }: GateContext): readonly CheckFinding[] {
  const { jobs, events } = facts[side];
  const missing = [
    unknownFinding(side, jobs, 'the jobs'),
    side === 'source' ? unknownFinding(side, events, 'the events') : null,
  ];
  return missing.filter((each) => each !== null).filter(({ level }) => level === 'not-checked');
}

function findEvents(context: GateContext): readonly CheckFinding[] {
  const { events } = context.facts.source;
  if (!events.known) return [];
  const schema = context.schemas.source;
  return events.value
    .filter(({ state, isScheduled }) => state === 'enabled' && isScheduled)
    .map(({ name }) =>
      runsOnSource(`${schema}.${name}`, context, {
        side: 'source',
        action: { kind: 'switch-job', schema, key: name, isEnabled: false },
      }),
    );
}

function runningJobs(side: Side, { facts }: GateContext): readonly JobFacts[] {
  const { jobs } = facts[side];
  return jobs.known && jobs.value.isRunning ? jobs.value.jobs.filter(({ isEnabled }) => isEnabled) : [];
}

function onSource(job: JobFacts, context: GateContext): CheckFinding {
  return runsOnSource(job.name, context, fixOf('source', job, false));
}

function runsOnSource(subject: string, { phase }: GateContext, fix: CheckFinding['fix']): CheckFinding {
  if (phase === 'cutover')
    return finding('note', {
      subject,
      evidence: 'runs on the source; it is to be stopped at the switch',
      fix,
    });
  return finding('failed', {
    subject,
    evidence: 'runs on the old source',
    consequence: 'its work is done twice, and what it writes there is lost',
    fix,
  });
}

function onTarget(job: JobFacts, context: GateContext): CheckFinding | null {
  const { phase, facts } = context;
  const subject = job.name;
  const isRunning = runningJobs('target', context).includes(job);
  const isOnSource = runningJobs('source', context).some(({ name }) => name === job.name);
  if (phase === 'after') return isRunning ? null : notRunning(job, context);
  if (isRunning && isOnSource)
    return finding('failed', {
      subject,
      evidence: 'runs on the source and on the target',
      consequence: 'its work is done twice, and what it writes is replicated beside that',
      fix: fixOf('target', job, false),
    });
  if (isRunning && facts.source.jobs.known)
    return finding('note', { subject, evidence: 'runs on the target, and not on the source' });
  return isOnSource
    ? finding('note', {
        subject,
        evidence: 'is off on the target until the switch',
        fix: job.isEnabled ? null : fixOf('target', job, true),
      })
    : null;
}

function notRunning(job: JobFacts, { facts }: GateContext): CheckFinding {
  const { jobs } = facts.target;
  const isStandby = jobs.known && !jobs.value.isRunning;
  if (!isStandby && !job.isEnabled)
    return finding('warning', {
      subject: job.name,
      evidence: 'is off on the target',
      consequence: 'nobody does its work, unless it was off before',
      fix: fixOf('target', job, true),
    });
  return finding('failed', {
    subject: job.name,
    evidence: 'does not run: the target is a standby',
    consequence: 'nobody does its work',
  });
}

function fixOf(side: Side, { key }: JobFacts, isEnabled: boolean): CheckFinding['fix'] {
  return { side, action: { kind: 'switch-job', schema: null, key, isEnabled } };
}
