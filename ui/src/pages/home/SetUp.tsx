/** The first steps on a server that has nothing yet. It goes by itself when data arrives. */
import { Link } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';

import { usePageInfo } from '../../api';
import { CodeBlock } from '../../components';
import { useFirstKey } from '../keys/use-first-key';
import styles from './home.module.css';

export function SetUp() {
  const { data: page } = usePageInfo();
  const key = useFirstKey();
  const url = page?.url ?? window.location.origin;
  return (
    <div className={styles.setUp}>
      <h2>Welcome to Procyon. Nothing has arrived yet.</h2>
      <p className={styles.lead}>Start an agent on this machine, and see it on the map a few seconds later.</p>
      <ol className={styles.steps}>
        <li>
          <h3>Start the agent</h3>
          <p>It is in the server’s own binary. Metrics of this machine come by themselves, and it takes DogStatsD on port 8125.</p>
          <CodeBlock code={`DD_API_KEY=${key} DD_DD_URL=${url} procyon agent run`} />
        </li>
        <li>
          <h3>Or send a point yourself</h3>
          <p>As any Datadog client does.</p>
          <CodeBlock code={curlOf(url, key)} />
        </li>
        <li>
          <h3>Or point what you have here</h3>
          <p>
            The official Datadog Agent, DogStatsD clients, containers, Kubernetes: <Link to={'/account/settings/agent' as never}>all ways, with your key and address filled in</Link>.
          </p>
        </li>
      </ol>
      <p className={styles.waiting} role="status">
        <LoaderCircle aria-hidden /> Waiting for the first data. This page changes by itself. <Link to={'/account/settings/intake' as never}>Why is nothing arriving?</Link>
      </p>
    </div>
  );
}

function curlOf(url: string, key: string): string {
  return [
    `curl -X POST ${url}/api/v2/series -H "DD-API-KEY: ${key}" -H "Content-Type: application/json" \\`,
    `  -d '{"series":[{"metric":"my.first.metric","type":3,"points":[{"timestamp":'$(date +%s)',"value":42}],"resources":[{"type":"host","name":"'$(hostname)'"}]}]}'`,
  ].join('\n');
}
