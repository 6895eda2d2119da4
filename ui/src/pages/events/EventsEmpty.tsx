import { CalendarClock } from 'lucide-react';
import { Link } from '@tanstack/react-router';

import { usePageInfo } from '../../api';
import { Button, EmptyState } from '../../components';
import { useTime } from '../../time/time-context';
import { DAY, type Range } from '../../time/selection';

interface Props {
  search: string;
  range: Range;
  onSearch: (search: string) => void;
}

/** Nothing found: why, and what comes next. */
export function EventsEmpty({ search, range, onSearch }: Props) {
  const { data: page } = usePageInfo();
  const { set } = useTime();
  const isShort = range.to - range.from < 7 * DAY;
  const wider = isShort && <Button onClick={() => set({ kind: 'relative', ms: 7 * DAY })}>Look at the past week</Button>;
  if (search.trim() !== '') {
    return (
      <EmptyState icon={<CalendarClock />} title="No event matches" actions={<><Button onClick={() => onSearch('')}>Clear the search</Button>{wider}</>}>
        Nothing in the chosen time fits <code>{search}</code>.
      </EmptyState>
    );
  }
  const url = page?.url ?? window.location.origin;
  const command = `curl -X POST ${url}/api/v1/events \\\n  -H "DD-API-KEY: $DD_API_KEY" -H "Content-Type: application/json" \\\n  -d '{"title": "Deploy of checkout finished", "text": "Version 1.4.2", "tags": ["env:prod"]}'`;
  return (
    <EmptyState icon={<CalendarClock />} title="No events in this time" command={command} actions={wider}>
      Agents, integrations and the API send events: deployments, restarts, alerts. Post one to try it. If you sent some,{' '}
      <Link to={'/account/settings/intake' as never}>see why they do not arrive</Link>.
    </EmptyState>
  );
}
