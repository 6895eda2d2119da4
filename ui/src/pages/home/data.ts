/** What Home tells, asked again and again. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { api } from '../../api';
import { useIntake, type IntakeAnswer } from '../intake/data';
import { rateNow, rates, withSample, type Sample } from './rate';

const EVERY_MS = 10_000;
const SLOW_MS = 30_000;

/** Routes whose counts are points of metrics. */
const POINTS = /series|sketches|distribution_points/;

export function pointsOf({ routes }: IntakeAnswer): number {
  const outcomes = routes.filter(({ route }) => POINTS.test(route)).flatMap((route) => route.outcomes);
  return outcomes.filter(({ outcome }) => outcome === 'accepted').reduce((sum, { count }) => sum + count, 0);
}

/** Kept while the page is elsewhere, so that coming back shows a rate at once. */
let samples: readonly Sample[] = [];

export function usePointRate() {
  const intake = useIntake();
  const [list, setList] = useState(samples);
  const { data, dataUpdatedAt } = intake;
  useEffect(() => {
    if (!data) return;
    samples = withSample(samples, { at: dataUpdatedAt, count: pointsOf(data) });
    setList(samples);
  }, [data, dataUpdatedAt]);
  return { intake, now: rateNow(list), history: rates(list) };
}

interface Status {
  version: string;
  uptime_secs: number;
  storage: { metrics_last_day?: number; series_last_day?: number; file_bytes?: number; buffered_bytes?: number };
}

export function useServerStatus() {
  return useQuery({
    queryKey: ['server-status'],
    queryFn: ({ signal }) => api.get<Status>('/api/procyon/status', undefined, signal),
    refetchInterval: SLOW_MS,
  });
}

export interface FailingCheck {
  host: string;
  check: string;
  tags: string[];
  isCritical: boolean;
  message: string;
  /** Unix milliseconds. */
  time: number;
}

const CHECKS_MAX = 1000;
/** A check that has not run since is no news. */
const CHECKS_SINCE = '30 minutes';

/** The newest result of each check, where it is a warning or worse. */
const FAILING = `SELECT host, "check", tags, last_value(status ORDER BY time) AS status,
  last_value(message ORDER BY time) AS message, to_unixtime(max(time)) AS time
FROM service_checks
WHERE time >= now() - INTERVAL '${CHECKS_SINCE}'
GROUP BY host, "check", tags
HAVING last_value(status ORDER BY time) IN (1, 2)
ORDER BY status DESC, time DESC
LIMIT ${CHECKS_MAX}`;

const CRITICAL = 2;

export function useFailingChecks() {
  return useQuery({
    queryKey: ['failing-checks'],
    queryFn: async ({ signal }) => {
      const { rows } = await api.post<{ rows: unknown[][] }>('/api/procyon/sql', { query: FAILING }, signal);
      return rows.map(readCheck);
    },
    refetchInterval: EVERY_MS,
  });
}

export function readCheck(row: readonly unknown[]): FailingCheck {
  const [host, check, tags, status, message, time] = row;
  return {
    host: String(host ?? ''),
    check: String(check ?? ''),
    tags: Array.isArray(tags) ? tags.map(String) : [],
    isCritical: status === CRITICAL,
    message: String(message ?? ''),
    time: Number(time) * 1000,
  };
}
