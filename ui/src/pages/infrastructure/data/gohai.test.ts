import { describe, expect, it } from 'vitest';

import { agentChecksOf, bytesOf, machineOf, sizeText } from './gohai';

describe('bytesOf', () => {
  it.each([
    ['16384 MB', 16384 * 2 ** 20],
    ['16307180kB', 16307180 * 1024],
    [2048, 2048],
    ['8 GiB', 8 * 2 ** 30],
    ['', null],
    ['many', null],
    [undefined, null],
  ])('%s', (text, bytes) => expect(bytesOf(text)).toBe(bytes));
});

it.each([
  [null, ''],
  [0, '0 B'],
  [1024, '1 KiB'],
  [16_698_552_320, '15.6 GiB'],
  [128 * 2 ** 30, '128 GiB'],
])('sizeText %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));

describe('machineOf', () => {
  it('reads what Agents send', () => {
    const gohai = JSON.stringify({
      cpu: { model_name: 'Ryzen', cpu_cores: '8', cpu_logical_processors: 16, mhz: '3400.123' },
      memory: { total: '16307180kB', swap_total: '0kB' },
      platform: { os: 'GNU/Linux', kernel_name: 'Linux', kernel_release: '6.1', machine: 'x86_64' },
      filesystem: [{ name: '/dev/sda1', mounted_on: '/', kb_size: '1048576' }, null],
      network: { interfaces: [{ name: 'eth0', ipv4: ['10.0.0.1'], ipv6: 'fe80::1', macaddress: 'aa:bb' }] },
    });
    const machine = machineOf({ gohai, 'socket-fqdn': 'web-1.example' });
    expect(machine.platform).toContainEqual(['Kernel', 'Linux 6.1']);
    expect(machine.platform).toContainEqual(['Full name', 'web-1.example']);
    expect(machine.cpu).toContainEqual(['Frequency', '3400 MHz']);
    expect(machine.memory).toContainEqual(['Total', '15.6 GiB']);
    expect(machine.fileSystems[0]).toEqual({ name: '/dev/sda1', mountedOn: '/', bytes: 2 ** 30 });
    expect(machine.network).toEqual([{ name: 'eth0', addresses: ['10.0.0.1', 'fe80::1'], mac: 'aa:bb' }]);
  });

  it.each(['', '{', '[]', '"x"', '{"cpu":3,"filesystem":{},"network":[]}'])('survives %s', (gohai) => {
    const machine = machineOf({ gohai });
    expect([machine.cpu, machine.fileSystems, machine.network]).toEqual([[], [], []]);
  });
});

it.each([
  [undefined, []],
  [[['cpu', 'cpu', 'cpu', 'OK', '']], [{ name: 'cpu', status: 'OK', message: '' }]],
  [{ agent_checks: [['ntp', '', '', 'ERROR', 'no answer']] }, [{ name: 'ntp', status: 'ERROR', message: 'no answer' }]],
  ['x', []],
])('agentChecksOf %j', (agent_checks, want) => expect(agentChecksOf({ agent_checks })).toEqual(want));
