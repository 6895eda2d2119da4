import { Hourglass } from 'lucide-react';
import { Link, useRouterState } from '@tanstack/react-router';

import { EmptyState } from '../../components';
import { Page } from '../../shell';

const PARTS: Record<string, [title: string, text: string]> = {
  monitors: ['Monitors', 'Until then, the API accepts data and answers queries that a script can watch.'],
  apm: ['APM', 'Traces are not accepted yet.'],
  logs: ['Logs', 'Logs are not accepted yet.'],
  rum: ['RUM', 'Sessions are not accepted yet.'],
};

/** A part that is not there yet says so. */
export default function Later() {
  const part = useRouterState({ select: (state) => state.location.pathname.split('/')[1] ?? '' });
  const [title, text] = PARTS[part] ?? ['Not here yet', ''];
  return (
    <Page title={title}>
      <EmptyState icon={<Hourglass />} title={`${title}: arrives in a later version`} actions={<Link to={'/metric/explorer' as never}>Open the metrics explorer</Link>}>
        {text}
      </EmptyState>
    </Page>
  );
}
