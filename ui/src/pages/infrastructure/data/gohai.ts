/** The machine's description that Agents send: read carefully, as any part may be missing or odd. */
import type { HostMeta } from './hosts';

export interface FileSystem {
  name: string;
  mountedOn: string;
  bytes: number | null;
}

export interface NetworkInterface {
  name: string;
  addresses: string[];
  mac: string;
}

export interface AgentCheck {
  name: string;
  status: string;
  message: string;
}

export interface Machine {
  /** Label and value, for a list. */
  platform: [label: string, value: string][];
  cpu: [label: string, value: string][];
  memory: [label: string, value: string][];
  fileSystems: FileSystem[];
  network: NetworkInterface[];
}

type Json = Record<string, unknown>;

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function textsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map(textOf).filter((text) => text !== '');
}

function parse(text: string | undefined): Json {
  if (!text) return {};
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function pairs(list: [string, unknown][]): [string, string][] {
  return list.map(([label, value]) => [label, textOf(value)] as [string, string]).filter(([, value]) => value !== '');
}

/** `16384 MB`, `16384000kB` or bytes, as bytes. */
export function bytesOf(value: unknown): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*$/i.exec(textOf(value));
  if (!match) return null;
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  return Number(match[1]) * 1024 ** power;
}

export function sizeText(bytes: number | null): string {
  if (bytes === null) return '';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size >= 100 || Number.isInteger(size) ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

export function machineOf(meta: HostMeta): Machine {
  const gohai = parse(meta.gohai);
  const [cpu, memory, platform] = [objectOf(gohai['cpu']), objectOf(gohai['memory']), objectOf(gohai['platform'])];
  return {
    platform: pairs([
      ['Operating system', platform['os'] ?? meta.platform],
      ['Kernel', [platform['kernel_name'], platform['kernel_release']].map(textOf).filter(Boolean).join(' ')],
      ['Kernel version', platform['kernel_version']],
      ['Architecture', platform['machine'] ?? platform['processor'] ?? meta.machine],
      ['Host name', platform['hostname'] ?? meta['socket-hostname']],
      ['Full name', meta['socket-fqdn']],
    ]),
    cpu: pairs([
      ['Model', cpu['model_name'] ?? meta.processor],
      ['Vendor', cpu['vendor_id']],
      ['Cores', cpu['cpu_cores'] ?? meta.cpuCores],
      ['Logical processors', cpu['cpu_logical_processors']],
      ['Frequency', cpu['mhz'] === undefined ? '' : `${Math.round(Number(textOf(cpu['mhz'])))} MHz`],
    ]),
    memory: pairs([
      ['Total', sizeText(bytesOf(memory['total']))],
      ['Swap', sizeText(bytesOf(memory['swap_total']))],
    ]),
    fileSystems: fileSystemsOf(gohai['filesystem']),
    network: networkOf(objectOf(gohai['network'])),
  };
}

function fileSystemsOf(value: unknown): FileSystem[] {
  if (!Array.isArray(value)) return [];
  return value.map(objectOf).map((raw) => {
    const kilobytes = Number(textOf(raw['kb_size']) || Number.NaN);
    return {
      name: textOf(raw['name']),
      mountedOn: textOf(raw['mounted_on']),
      bytes: Number.isFinite(kilobytes) ? kilobytes * 1024 : null,
    };
  });
}

function networkOf(network: Json): NetworkInterface[] {
  const interfaces = Array.isArray(network['interfaces']) ? network['interfaces'].map(objectOf) : [];
  if (interfaces.length === 0) {
    const addresses = [...textsOf(network['ipaddress']), ...textsOf(network['ipaddressv6'])];
    return addresses.length === 0 ? [] : [{ name: '', addresses, mac: textOf(network['macaddress']) }];
  }
  return interfaces.map((raw) => ({
    name: textOf(raw['name']),
    addresses: [...textsOf(raw['ipv4']), ...textsOf(raw['ipv6'])],
    mac: textOf(raw['macaddress']),
  }));
}

/** The rows `[name, display, id, status, message, …]` of each check that the Agent runs. */
export function agentChecksOf(meta: HostMeta): AgentCheck[] {
  const raw = meta.agent_checks;
  const rows = Array.isArray(raw) ? raw : objectOf(raw)['agent_checks'];
  if (!Array.isArray(rows)) return [];
  return rows.filter(Array.isArray).map((row: unknown[]) => ({
    name: textOf(row[0]),
    status: textOf(row[3]),
    message: textOf(row[4]),
  }));
}
