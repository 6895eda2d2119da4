/** Metrics from one's own code: over DogStatsD to an agent, or straight to the API. */
import type { Step, Target } from './commands';

export type Language = 'python' | 'node' | 'go' | 'shell' | 'curl';

export const LANGUAGES: readonly { id: Language; label: string }[] = [
  { id: 'python', label: 'Python' },
  { id: 'node', label: 'Node.js' },
  { id: 'go', label: 'Go' },
  { id: 'shell', label: 'Shell' },
  { id: 'curl', label: 'HTTP, without an agent' },
];

const AGENT = 'An agent on the same machine listens on UDP port 8125, adds the tags of its host and sends every 10 seconds.';

export function clientSteps(language: Language, { key, url }: Target): Step[] {
  switch (language) {
    case 'python':
      return [
        { title: 'Add the client', code: 'pip install datadog', of: 'shell' },
        {
          title: 'Send',
          text: AGENT,
          code: [
            'from datadog import initialize, statsd',
            '',
            "initialize(statsd_host='127.0.0.1', statsd_port=8125)",
            '',
            "statsd.increment('page.views', tags=['env:dev'])",
            "statsd.gauge('queue.length', 12, tags=['env:dev'])",
            "with statsd.timed('checkout.duration', tags=['env:dev'], use_ms=True):",
            '    checkout()',
            "statsd.event('Deployed', 'Version 1.4.2', alert_type='success', tags=['env:dev'])",
          ].join('\n'),
          of: 'python',
        },
      ];
    case 'node':
      return [
        { title: 'Add the client', code: 'npm install hot-shots', of: 'shell' },
        {
          title: 'Send',
          text: AGENT,
          code: [
            "const { StatsD } = require('hot-shots');",
            "const statsd = new StatsD({ host: '127.0.0.1', port: 8125, globalTags: { env: 'dev' } });",
            '',
            "statsd.increment('page.views');",
            "statsd.gauge('queue.length', 12);",
            "statsd.timing('checkout.duration', 42);",
            "statsd.distribution('checkout.amount', 19.9);",
          ].join('\n'),
          of: 'javascript',
        },
      ];
    case 'go':
      return [
        { title: 'Add the client', code: 'go get github.com/DataDog/datadog-go/v5/statsd', of: 'shell' },
        {
          title: 'Send',
          text: AGENT,
          code: [
            'client, err := statsd.New("127.0.0.1:8125", statsd.WithTags([]string{"env:dev"}))',
            'if err != nil {',
            '\tlog.Fatal(err)',
            '}',
            'defer client.Close()',
            'client.Incr("page.views", nil, 1)',
            'client.Gauge("queue.length", 12, nil, 1)',
            'client.Timing("checkout.duration", 42*time.Millisecond, nil, 1)',
          ].join('\n'),
          of: 'go',
        },
      ];
    case 'shell':
      return [
        {
          title: 'Send a datagram',
          text: AGENT,
          code: "echo -n 'page.views:1|c|#env:dev' > /dev/udp/127.0.0.1/8125\necho -n 'queue.length:12|g|#env:dev' > /dev/udp/127.0.0.1/8125",
          of: 'bash',
        },
      ];
    case 'curl':
      return [
        {
          title: 'Post a point',
          text: 'Straight to the server; nothing runs on the host. An answer of 202 means that the point is on disk.',
          code: [
            `curl -X POST ${url}/api/v2/series \\`,
            `  -H "DD-API-KEY: ${key}" -H "Content-Type: application/json" \\`,
            `  -d '{"series": [{"metric": "page.views", "type": 3, "tags": ["env:dev"],`,
            `       "points": [{"timestamp": '$(date +%s)', "value": 1}],`,
            `       "resources": [{"type": "host", "name": "'$(hostname)'"}]}]}'`,
          ].join('\n'),
          of: 'shell',
        },
      ];
  }
}
