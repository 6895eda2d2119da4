// Sends one of each with the npm clients. Arguments: port of DogStatsD, path of its Unix socket, URL
// of the server, API key, folder with `key.pem` and `cert.pem` for a name that the clients trust.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';

import metrics from 'datadog-metrics';
import StatsD from 'hot-shots';

const [port, path, url, apiKey, certificates] = process.argv.slice(2);

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

// datadog-metrics is aimed by `site` alone: https://api.SITE. What a name server and a proxy with a
// certificate do in front of a real server is done here for that one name.
const front = https.createServer(
  { key: readFileSync(join(certificates, 'key.pem')), cert: readFileSync(join(certificates, 'cert.pem')) },
  (request, response) => {
    const behind = http.request(new URL(request.url, url), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(behind);
  },
);
await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
const lookup = dns.lookup;
dns.lookup = (name, options, done) => lookup(name === 'api.procyon.test' ? '127.0.0.1' : name, options, done);

const faults = [];
metrics.init({
  host: 'node-host', prefix: 'dm.', apiKey, site: `procyon.test:${front.address().port}`, flushIntervalSeconds: 0,
  defaultTags: ['client:datadog-metrics'], onError: (error) => faults.push(error),
});
metrics.gauge('gauge', 2.5);
metrics.increment('count', 4);
metrics.distribution('distribution', 9);
await metrics.flush();
front.close();
front.closeAllConnections();
if (faults.length > 0) throw faults[0];
