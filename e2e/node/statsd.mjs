// Sends one of each with the npm clients. Arguments: port, path of the Unix socket, URL, API key.
import StatsD from 'hot-shots';
import metrics from 'datadog-metrics';

const [port, path, url, apiKey] = process.argv.slice(2);

const close = (client) =>
  new Promise((resolve, reject) => client.close((error) => (error ? reject(error) : resolve())));

const udp = new StatsD({ host: '127.0.0.1', port: Number(port), globalTags: { client: 'hot-shots' } });
udp.increment('node.count', 3);
udp.gauge('node.gauge', 12.5);
udp.timing('node.timing', 40);
udp.histogram('node.histogram', 7);
udp.distribution('node.distribution', 8);
udp.set('node.set', 'a');
udp.set('node.set', 'b');
udp.event('node event', 'sent by hot-shots', { alert_type: 'warning' });
udp.check('node.check', udp.CHECKS.OK, { message: 'well' });
await close(udp);

const unix = new StatsD({ protocol: 'uds', path, globalTags: { client: 'hot-shots-uds' } });
unix.gauge('node.unix', 5);
await close(unix);

metrics.init({ host: 'node-host', prefix: 'dm.', apiKey, apiHost: url, flushIntervalSeconds: 0, defaultTags: ['client:datadog-metrics'] });
metrics.gauge('gauge', 2.5);
metrics.increment('count', 4);
metrics.distribution('distribution', 9);
await metrics.flush();
