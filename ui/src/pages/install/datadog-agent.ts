/** The official Datadog Agent, told to report here. */
import { hostPort, type By, type Platform, type Step, type Target } from './commands';

/** The part of datadog.yaml that says where to send. Source: the Agent's `config_template.yaml`. */
export function yaml(by: By, { key, url, site }: Target): string {
  if (by === 'site') return [`api_key: ${key}`, `site: ${site}`].join('\n');
  const { host, isPlain } = hostPort(url);
  return [
    `api_key: ${key}`,
    `dd_url: ${url}`,
    'logs_config:',
    `  logs_dd_url: ${host}`,
    ...(isPlain ? ['  logs_no_ssl: true'] : []),
    '  force_use_http: true',
    'apm_config:',
    `  apm_dd_url: ${url}`,
    'process_config:',
    `  process_dd_url: ${url}`,
    'orchestrator_explorer:',
    `  orchestrator_dd_url: ${url}`,
    'remote_configuration:',
    '  enabled: false',
    'agent_telemetry:',
    '  enabled: false',
  ].join('\n');
}

/** The same as environment variables. */
export function env(by: By, { key, url, site }: Target): [string, string][] {
  if (by === 'site') {
    return [
      ['DD_API_KEY', key],
      ['DD_SITE', site],
    ];
  }
  const { host, isPlain } = hostPort(url);
  return [
    ['DD_API_KEY', key],
    ['DD_DD_URL', url],
    ['DD_LOGS_CONFIG_LOGS_DD_URL', host],
    ...(isPlain ? [['DD_LOGS_CONFIG_LOGS_NO_SSL', 'true'] as [string, string]] : []),
    ['DD_LOGS_CONFIG_FORCE_USE_HTTP', 'true'],
    ['DD_APM_DD_URL', url],
    ['DD_PROCESS_CONFIG_PROCESS_DD_URL', url],
    ['DD_ORCHESTRATOR_EXPLORER_ORCHESTRATOR_DD_URL', url],
    ['DD_REMOTE_CONFIGURATION_ENABLED', 'false'],
    ['DD_AGENT_TELEMETRY_ENABLED', 'false'],
  ];
}

const FILES = {
  linux: '/etc/datadog-agent/datadog.yaml',
  macos: '/opt/datadog-agent/etc/datadog.yaml',
  windows: 'C:\\ProgramData\\Datadog\\datadog.yaml',
} as const;

const RESTART = {
  linux: 'sudo systemctl restart datadog-agent',
  macos: 'launchctl stop com.datadoghq.agent\nlaunchctl start com.datadoghq.agent',
  windows: '& "$env:ProgramFiles\\Datadog\\Datadog Agent\\bin\\agent.exe" restart-service',
} as const;

const STATUS = {
  linux: 'sudo datadog-agent status',
  macos: 'datadog-agent status',
  windows: '& "$env:ProgramFiles\\Datadog\\Datadog Agent\\bin\\agent.exe" status',
} as const;

export function datadogSteps(platform: Platform, by: By, target: Target): Step[] {
  const before = by === 'site' ? siteSteps(target) : [];
  switch (platform) {
    case 'docker':
      return [...before, { title: 'Run the Agent', text: 'Metrics of the host and its containers, and DogStatsD on port 8125.', code: docker(by, target), of: 'shell' }];
    case 'kubernetes':
      return [...before, ...kubernetes(by, target)];
    default: {
      const on = platform === 'source' ? 'linux' : platform;
      const shell = on === 'windows' ? 'PowerShell as administrator' : 'shell';
      return [
        ...before,
        {
          title: 'Tell the Agent where to send',
          text: 'With the Datadog Agent installed (7 or 6), replace these settings in its file and keep the rest.',
          code: yaml(by, target),
          of: FILES[on],
        },
        { title: 'Restart it', code: RESTART[on], of: shell },
        { title: 'Look at it', text: 'Under “Forwarder” the key is valid and the transactions are successes.', code: STATUS[on], of: shell },
      ];
    }
  }
}

function docker(by: By, target: Target): string {
  return [
    'docker run -d --name datadog-agent --cgroupns host --pid host \\',
    ...(by === 'url' && /\/\/(127\.|localhost)/.test(target.url) ? ['  --network host \\'] : ['  -p 8125:8125/udp \\']),
    '  -v /var/run/docker.sock:/var/run/docker.sock:ro \\',
    '  -v /proc/:/host/proc/:ro -v /sys/fs/cgroup/:/host/sys/fs/cgroup:ro \\',
    '  -e DD_DOGSTATSD_NON_LOCAL_TRAFFIC=true \\',
    ...env(by, target).map(([name, value]) => `  -e ${name}=${value} \\`),
    '  datadog/agent:7',
  ].join('\n');
}

function kubernetes(by: By, target: Target): Step[] {
  const { key, url, site } = target;
  const chart = by === 'site' ? [`  site: ${site}`] : [`  dd_url: ${url}`];
  const rest = by === 'site' ? [] : env(by, target).filter(([name]) => !['DD_API_KEY', 'DD_DD_URL'].includes(name));
  const values = [
    'datadog:',
    `  apiKey: ${key}`,
    ...chart,
    '  dogstatsd:',
    '    useHostPort: true',
    ...(rest.length > 0 ? ['  env:'] : []),
    ...rest.flatMap(([name, value]) => [`    - name: ${name}`, `      value: "${value}"`]),
  ].join('\n');
  return [
    { title: 'Write the values of the chart', code: values, of: 'values.yaml' },
    {
      title: 'Install the chart',
      text: 'Datadog’s own chart, from the repository that its documentation names; add that as `datadog` first.',
      code: 'helm upgrade --install datadog-agent datadog/datadog -f values.yaml',
      of: 'shell',
    },
    { title: 'Look at it', code: 'kubectl exec -it ds/datadog-agent -c agent -- agent status', of: 'shell' },
  ];
}

/** Names that the Agent makes of a site. Source: its `pkg/config/setup` and `utils/endpoints`. */
export const SITE_NAMES: readonly { name: string; what: string }[] = [
  { name: 'app', what: 'metrics, checks, events, host metadata' },
  { name: 'api', what: 'validity of the key' },
  { name: 'agent-http-intake.logs', what: 'logs' },
  { name: 'trace.agent', what: 'traces' },
  { name: 'process', what: 'processes, containers' },
  { name: 'orchestrator', what: 'Kubernetes objects' },
  { name: 'intake.profile', what: 'profiles' },
  { name: 'instrumentation-telemetry-intake', what: 'telemetry of tracers' },
  { name: 'config', what: 'remote configuration' },
];

function siteSteps({ url, site }: Target): Step[] {
  return [
    {
      title: 'Names',
      text: 'From the site the Agent makes a name for each product and speaks HTTPS to it. All of them have to lead to this server; a wildcard record does it.',
      code: SITE_NAMES.map(({ name, what }) => `${`${name}.${site}`.padEnd(34 + site.length)} ${what}`).join('\n'),
      of: 'DNS',
    },
    {
      title: 'TLS',
      text: `Procyon speaks plain HTTP, so a proxy in front ends TLS. Its certificate has to cover *.${site}, *.logs.${site}, *.agent.${site} and *.profile.${site} (a wildcard stands for one label only), from an authority that the Agent’s machine trusts. With nginx:`,
      code: [
        'server {',
        '  listen 443 ssl;',
        `  server_name .${site};`,
        `  ssl_certificate     /etc/ssl/${site}.pem;`,
        `  ssl_certificate_key /etc/ssl/${site}.key;`,
        '  client_max_body_size 64m;',
        '  location / {',
        `    proxy_pass ${url};`,
        '    proxy_set_header Host $host;',
        '    proxy_set_header X-Forwarded-Proto https;',
        '  }',
        '}',
      ].join('\n'),
      of: 'nginx',
    },
  ];
}
