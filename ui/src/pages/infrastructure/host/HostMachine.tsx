/** What the Agent told of the machine. */
import { machineOf, sizeText } from '../data/gohai';
import type { Host } from '../data/hosts';
import styles from './host.module.css';

export function HostMachine({ host }: { host: Host }) {
  const machine = machineOf(host.meta);
  const install = host.meta.install_method;
  const agent = [
    ['Agent', host.meta.agent_version ?? ''],
    ['Installed by', [install?.tool, install?.tool_version].filter(Boolean).join(' ')],
  ].filter((pair): pair is [string, string] => pair[1] !== '');
  const lists = [agent, machine.platform, machine.cpu, machine.memory.map(([label, value]) => [`Memory: ${label.toLowerCase()}`, value] as [string, string])];
  const isEmpty = lists.every((list) => list.length === 0) && machine.fileSystems.length + machine.network.length === 0;
  if (isEmpty) return <p className={styles.none}>No agent has described this machine: what it sends are points alone.</p>;
  return (
    <section aria-label="Machine" className={styles.stack}>
      <dl className={styles.pairs}>
        {lists.flat().map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd title={value}>{value}</dd>
          </div>
        ))}
      </dl>
      {machine.fileSystems.length > 0 && (
        <table className={styles.table}>
          <caption>File systems</caption>
          <thead>
            <tr>
              <th scope="col">Mounted on</th>
              <th scope="col">Device</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {machine.fileSystems.map(({ name, mountedOn, bytes }) => (
              <tr key={`${name} ${mountedOn}`}>
                <td>{mountedOn}</td>
                <td>{name}</td>
                <td>{sizeText(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {machine.network.length > 0 && (
        <table className={styles.table}>
          <caption>Network</caption>
          <thead>
            <tr>
              <th scope="col">Interface</th>
              <th scope="col">Addresses</th>
              <th scope="col">MAC</th>
            </tr>
          </thead>
          <tbody>
            {machine.network.map(({ name, addresses, mac }, at) => (
              <tr key={`${name} ${at}`}>
                <td>{name}</td>
                <td>{addresses.join(', ')}</td>
                <td>{mac}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
