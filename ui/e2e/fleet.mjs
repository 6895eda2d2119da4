// @ts-check
/** A made-up fleet: hosts with tags, machines, checks and the metrics that agents send. */

/** @typedef {{ name: string, tags: string[], cpu: number, at: number }} FleetHost */

const ROLES = /** @type {const} */ (['web', 'web', 'web', 'api', 'api', 'worker', 'worker', 'db', 'cache', 'queue']);
const ENVS = /** @type {const} */ (['prod', 'prod', 'prod', 'staging', 'dev']);
const ZONES = /** @type {const} */ (['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
const TEAMS = { web: 'shop', api: 'shop', worker: 'fulfilment', db: 'data', cache: 'data', queue: 'platform' };
const SERIES_PER_BODY = 1500;
const HOSTS_PER_BODY = 500;

/** The same number for the same seed, 0 to 1. @param {number} seed */
export function chance(seed) {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

/** @param {number} count @returns {FleetHost[]} */
export function fleet(count) {
  return Array.from({ length: count }, (_, at) => {
    const role = ROLES[Math.floor(chance(at) * ROLES.length)] ?? 'web';
    const env = ENVS[Math.floor(chance(at + 7e5) * ENVS.length)] ?? 'dev';
    const zone = ZONES[at % ZONES.length] ?? '';
    // Most have little to do, some much.
    const cpu = 4 + 92 * chance(at + 3e5) ** (env === 'prod' ? 1.6 : 4);
    const tags = [`env:${env}`, `role:${role}`, `availability-zone:${zone}`, `team:${TEAMS[role]}`];
    return { name: `${role}-${env}-${String(at + 1).padStart(3, '0')}`, tags, cpu, at };
  });
}

/** The tags alone, of many hosts. @param {import('./server.mjs').Server} server @param {FleetHost[]} hosts */
export async function sendTags(server, hosts) {
  for (let from = 0; from < hosts.length; from += HOSTS_PER_BODY) {
    const part = hosts.slice(from, from + HOSTS_PER_BODY);
    const body = {
      internalHostname: part[0]?.name,
      meta: { hostname: part[0]?.name },
      agent_checks: [],
      external_host_tags: part.map(({ name, tags }) => [name, { cloud: tags }]),
    };
    await server.send('/intake/', { method: 'POST', body: JSON.stringify(body) });
  }
}

/** What an agent tells of a machine. @param {import('./server.mjs').Server} server @param {FleetHost} host */
export async function sendMachine(server, { name, tags, at }) {
  const gohai = {
    cpu: { model_name: 'AMD EPYC 7R13 Processor', vendor_id: 'AuthenticAMD', cpu_cores: '4', cpu_logical_processors: '8', mhz: '2650.4' },
    memory: { total: '16307180kB', swap_total: '2097148kB' },
    platform: { os: 'GNU/Linux', kernel_name: 'Linux', kernel_release: '6.1.0-18-cloud-amd64', machine: 'x86_64', hostname: name },
    filesystem: [
      { name: '/dev/nvme0n1p1', mounted_on: '/', kb_size: '50331648' },
      { name: '/dev/nvme1n1', mounted_on: '/var/lib/data', kb_size: '524288000' },
    ],
    network: { interfaces: [{ name: 'eth0', ipv4: [`10.0.${at % 256}.17`], ipv6: ['fe80::42'], macaddress: '0e:8a:1b:22:9c:04' }] },
  };
  const common = { internalHostname: name, agentVersion: at % 4 === 0 ? '7.61.0' : '7.66.1', meta: { hostname: name, 'socket-fqdn': `${name}.example.internal` } };
  const machine = { ...common, gohai: JSON.stringify(gohai), systemStats: { cpuCores: 4, machine: 'amd64', platform: 'linux', processor: 'AMD EPYC' }, 'host-tags': { system: tags } };
  await server.send('/intake/', { method: 'POST', body: JSON.stringify(machine) });
  const checks = [['cpu', 'cpu', 'cpu', 'OK', '', ''], ['disk', 'disk', 'disk:1', 'OK', '', ''], ['nginx', 'nginx', 'nginx:1', 'ERROR', 'connection refused: http://localhost:81/nginx_status', '']];
  await server.send('/intake/', { method: 'POST', body: JSON.stringify({ ...common, agent_checks: checks }) });
  const now = Math.floor(Date.now() / 1000);
  const runs = [
    { check: 'ntp.in_sync', host_name: name, timestamp: now, status: at % 9 === 0 ? 1 : 0, message: at % 9 === 0 ? 'Offset 83 secs is higher than offset threshold (60 secs)' : '', tags: [] },
    { check: 'nginx.can_connect', host_name: name, timestamp: now, status: 2, message: 'connection refused', tags: ['port:81', 'server:localhost'] },
    { check: 'datadog.agent.up', host_name: name, timestamp: now, status: 0, tags: [] },
  ];
  await server.send('/api/v1/check_run', { method: 'POST', body: JSON.stringify(runs) });
}

/** A metric of a host over time. @typedef {[metric: string, base: number, swing: number, tags?: string[]]} Measure */

/** @param {FleetHost} host @returns {Measure[]} */
function measures({ cpu, at }) {
  const [io, busy] = [chance(at + 11) * 6, 1 - cpu / 100];
  return [
    ['system.cpu.user', cpu * 0.7, 0.3],
    ['system.cpu.system', cpu * 0.22, 0.3],
    ['system.cpu.iowait', cpu * 0.06 + io, 0.5],
    ['system.cpu.stolen', cpu * 0.02, 0.5],
    ['system.cpu.idle', 100 - cpu, 0.1],
    ['system.load.1', cpu / 12, 0.5],
    ['system.load.5', cpu / 12.5, 0.25],
    ['system.load.15', cpu / 13, 0.1],
    ['system.load.norm.1', cpu / 96, 0.5],
    ['system.mem.total', 15924, 0],
    ['system.mem.usable', 15924 * (0.15 + 0.7 * busy), 0.06],
    ['system.mem.pct_usable', 0.15 + 0.7 * busy, 0.06],
    ['system.swap.used', 310, 0.05],
    ['system.swap.free', 1738, 0.01],
    ['system.swap.total', 2048, 0],
    ['system.disk.in_use', 0.3 + 0.4 * chance(at + 5), 0.01, ['device:/dev/nvme0n1p1', 'device_name:nvme0n1p1']],
    ['system.disk.in_use', 0.2 + 0.78 * chance(at + 6), 0.01, ['device:/dev/nvme1n1', 'device_name:nvme1n1']],
    ['system.net.bytes_rcvd', 4e4 + 9e4 * cpu, 0.6, ['device:eth0']],
    ['system.net.bytes_sent', 3e4 + 5e4 * cpu, 0.6, ['device:eth0']],
    ['system.io.rkb_s', 40 + 900 * io, 0.8, ['device:nvme1n1']],
    ['system.io.wkb_s', 90 + 1400 * io, 0.8, ['device:nvme1n1']],
    ['system.io.util', 2 + 9 * io, 0.6, ['device:nvme1n1']],
  ];
}

/**
 * All that agents send of their machines over the last `minutes`, one point each `step` seconds.
 * @param {import('./server.mjs').Server} server @param {FleetHost[]} hosts
 * @param {{ minutes?: number, step?: number, only?: string }} [options]
 */
export async function sendMeasures(server, hosts, { minutes = 60, step = 60, only } = {}) {
  const now = Math.floor(Date.now() / 15_000) * 15;
  /** @type {object[]} */
  let series = [];
  const flush = async () => {
    if (series.length > 0) await server.metrics(series);
    series = [];
  };
  for (const host of hosts) {
    for (const [metric, base, swing, tags = []] of measures(host)) {
      if (only !== undefined && metric !== only) continue;
      const points = [];
      for (let time = now - minutes * 60; time <= now; time += step) {
        const shape = Math.sin(time / 900 + host.at) * 0.6 + chance(time + host.at * 131) * 0.8 - 0.4;
        points.push({ timestamp: time, value: Math.max(0, base * (1 + swing * shape)) });
      }
      series.push({ metric, type: 3, interval: step, points, tags, resources: [{ type: 'host', name: host.name }] });
    }
    if (series.length >= SERIES_PER_BODY) await flush();
  }
  await flush();
}
