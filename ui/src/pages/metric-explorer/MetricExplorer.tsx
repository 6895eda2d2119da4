import { Page } from '../../shell';

export default function MetricExplorer() {
  return (
    <Page title="Metrics explorer" time>
      …
    </Page>
  );
}
