/**
 * What one types to have data arrive here, with the key and the address filled in. Only commands
 * that work today: nothing here needs a script or an image that is not there.
 */

export type Way = 'procyon' | 'datadog' | 'dogstatsd';
export type Platform = 'linux' | 'docker' | 'kubernetes' | 'macos' | 'windows' | 'source';
/** How the official Agent is told where to send. */
export type By = 'url' | 'site';

export interface Step {
  title: string;
  text?: string;
  code?: string;
  /** What the code is: a file's path, or a shell. */
  of?: string;
}

export interface Target {
  key: string;
  /** `http://10.0.0.5:8127`, without a slash at its end. */
  url: string;
  /** The domain of the names that clients make, for `site`. */
  site: string;
}

export const WAYS: readonly { id: Way; label: string; platforms: readonly Platform[] }[] = [
  { id: 'procyon', label: 'Procyon agent', platforms: ['source', 'linux', 'docker', 'kubernetes'] },
  { id: 'datadog', label: 'Datadog Agent', platforms: ['linux', 'docker', 'kubernetes', 'macos', 'windows'] },
  { id: 'dogstatsd', label: 'Your own code', platforms: [] },
];

export const PLATFORM_LABELS: Record<Platform, string> = {
  source: 'From source',
  linux: 'Linux',
  docker: 'Docker',
  kubernetes: 'Kubernetes',
  macos: 'macOS',
  windows: 'Windows',
};

/** `host:port` as the log settings want it, and whether it is plain HTTP. */
export function hostPort(url: string): { host: string; isPlain: boolean } {
  const isPlain = !url.startsWith('https://');
  const host = url.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return { host: /:\d+$/.test(host) ? host : `${host}:${isPlain ? 80 : 443}`, isPlain };
}

/** Whether only programs on the server's own machine reach this address. */
export function isLoopback(url: string): boolean {
  return /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/i.test(url);
}

/** The address as it is typed, cleaned; nothing when it is none. */
export function cleanUrl(text: string): string | undefined {
  const typed = text.trim().replace(/\/+$/, '');
  try {
    const url = new URL(/^https?:\/\//i.test(typed) ? typed : `http://${typed}`);
    if (url.hostname === '' || url.username !== '' || url.search !== '' || url.hash !== '') return undefined;
    return url.origin + url.pathname.replace(/\/+$/, '');
  } catch {
    return undefined;
  }
}

export function procyonSteps(platform: Platform, { key, url }: Target): Step[] {
  const build: Step = {
    title: 'Build the agent',
    text: 'In the folder with the source of Procyon. It needs Rust, and takes a minute or two.',
    code: 'cargo build --release --locked -p agent',
    of: 'shell',
  };
  switch (platform) {
    case 'linux':
      return [build, ...linuxService(key, url)];
    case 'docker':
      return [
        build,
        {
          title: 'Run it in a container',
          text: 'No image is published yet: this runs the binary that you built in a plain Debian image, with the sight of the host that an agent needs.',
          code: [
            'docker run -d --name procyon-agent --network host --pid host \\',
            '  -v "$PWD/target/release/procyon-agent:/usr/local/bin/procyon-agent:ro" \\',
            '  -v /proc:/host/proc:ro -v procyon-agent:/var/lib/procyon-agent \\',
            `  -e HOST_PROC=/host/proc -e DD_API_KEY=${key} -e DD_DD_URL=${url} \\`,
            '  -e DD_HOSTNAME="$(hostname)" -e DD_RUN_PATH=/var/lib/procyon-agent \\',
            '  debian:stable-slim procyon-agent run',
          ].join('\n'),
          of: 'shell',
        },
      ];
    case 'kubernetes':
      return [
        {
          title: 'Take the Datadog Agent',
          text: 'There is no image of Procyon’s agent yet. On Kubernetes the official Datadog Agent with its chart reports here: choose “Datadog Agent” above.',
        },
      ];
    default:
      return [
        {
          title: 'Run it',
          text: 'In the folder with the source of Procyon. “make run” starts an agent for the server’s own machine by itself; this is for another one.',
          code: `cargo build --release --locked -p agent\nDD_API_KEY=${key} \\\nDD_DD_URL=${url} \\\ntarget/release/procyon-agent run`,
          of: 'shell',
        },
        {
          title: 'Or with the server’s binary',
          text: 'The same agent is in it.',
          code: `DD_API_KEY=${key} DD_DD_URL=${url} procyon agent run`,
          of: 'shell',
        },
      ];
  }
}

function linuxService(key: string, url: string): Step[] {
  return [
    {
      title: 'Install it with its settings',
      text: 'The same file as the official Agent’s: every setting of datadog.yaml that this agent knows works as it does there.',
      code: [
        'sudo install -m 755 target/release/procyon-agent /usr/local/bin/procyon-agent',
        'sudo install -d -m 755 /etc/datadog-agent /var/lib/procyon-agent',
        "sudo tee /etc/datadog-agent/datadog.yaml > /dev/null <<'EOF'",
        `api_key: ${key}`,
        `dd_url: ${url}`,
        'run_path: /var/lib/procyon-agent',
        'tags:',
        '  - env:prod',
        'EOF',
      ].join('\n'),
      of: 'shell',
    },
    {
      title: 'Start it with the machine',
      code: [
        "sudo tee /etc/systemd/system/procyon-agent.service > /dev/null <<'EOF'",
        '[Unit]',
        'Description=Procyon agent',
        'After=network-online.target',
        'Wants=network-online.target',
        '[Service]',
        'ExecStart=/usr/local/bin/procyon-agent run -c /etc/datadog-agent',
        'Restart=on-failure',
        '[Install]',
        'WantedBy=multi-user.target',
        'EOF',
        'sudo systemctl daemon-reload',
        'sudo systemctl enable --now procyon-agent',
      ].join('\n'),
      of: 'shell',
    },
    { title: 'Look at it', code: 'procyon-agent status', of: 'shell' },
  ];
}
