/** What a reason means for a person, and what to do about it. */

export interface Hint {
  /** What happened, in plain words. */
  what: string;
  /** What to do. */
  then: string;
  /** A page that helps. */
  link?: { to: string; label: string };
}

const KEYS = { to: '/organization-settings/api-keys', label: 'API keys' };

const HINTS: Record<string, Hint> = {
  unknown_api_key: {
    what: 'A sender has a key that this server does not know: of another server or of Datadog, mistyped, or revoked.',
    then: 'Put a key of this server into its api_key or DD_API_KEY and restart it.',
    link: KEYS,
  },
  missing_api_key: {
    what: 'A sender has no key at all.',
    then: 'Set api_key in datadog.yaml, DD_API_KEY, or the header DD-API-KEY.',
    link: KEYS,
  },
  key_check_failed: { what: 'The keys could not be looked up for a moment.', then: 'Agents try again by themselves. If it stays, look at the server’s log and its disk.' },
  not_served_yet: {
    what: 'This kind of data is not kept yet. It is answered with success, so that agents go on with the rest and do not queue it.',
    then: 'Nothing is wrong with the sender. Switch the product off there to save the traffic, or leave it on for a later version.',
  },
  bad_json: { what: 'The payload is not JSON, or was cut off.', then: 'The message names the byte. Look at the head of the payload below: a shell’s quoting and a trailing comma are the usual causes.' },
  bad_protobuf: { what: 'The payload says that it is protobuf and is not.', then: 'Check the Content-Type: JSON needs application/json. A proxy in between may have changed the body.' },
  bad_compression: { what: 'The payload could not be decompressed.', then: 'The Content-Encoding does not fit the body. A proxy in between may have unpacked it and kept the header.' },
  unknown_encoding: { what: 'The Content-Encoding is one that no client of Datadog uses.', then: 'Send gzip, deflate, zstd, or no compression.' },
  empty_body: { what: 'The request has no body.', then: 'Send the payload in the body, and its length.' },
  body_too_large: { what: 'The payload is larger than the route takes.', then: 'Send fewer points at a time. Agents split their payloads by themselves.' },
  body_too_slow: { what: 'The payload did not arrive within a minute.', then: 'Look at the network between sender and server.' },
  body_broken_off: { what: 'The connection ended before the payload did.', then: 'Look at the sender’s log and at proxies in between; agents send it again.' },
  bad_payload: { what: 'The payload has not the shape that the route expects.', then: 'Compare the head below with the documentation of the route; a v1 body on a v2 route is the usual cause.' },
  missing_field: { what: 'A field that has to be there is not.', then: 'The message names it.' },
  bad_value: { what: 'A field has a value of a wrong kind.', then: 'The message names it.' },
  bad_metric_name: { what: 'A metric’s name holds no letter.', then: 'Names start with a letter; other characters than letters, digits, “_” and “.” become “_”.' },
  metric_name_too_long: { what: 'A metric’s name is longer than 200 characters.', then: 'Put what varies into tags.' },
  unknown_metric_type: { what: 'The type of a metric is none.', then: 'Use 0 unspecified, 1 count, 2 rate, 3 gauge, or their names on v1.' },
  timestamp_too_old: { what: 'Points are older than what is taken in.', then: 'Timestamps are unix seconds: look whether the sender sends something else, and at its clock.' },
  timestamp_in_future: { what: 'Points are stamped in the future.', then: 'Timestamps are unix seconds, not milliseconds: look at the sender’s code and its clock (NTP).' },
  bad_timestamp: { what: 'A timestamp is not a number.', then: 'Timestamps are unix seconds.' },
  value_not_finite: { what: 'A value is NaN or infinite, which cannot be stored.', then: 'Look where the sender divides by zero.' },
  bad_point: { what: 'A point is not a pair of a timestamp and a number.', then: 'The message says where it stands in the payload.' },
  bad_points: { what: 'The points of a series are not a list of points.', then: 'On v1: [[timestamp, value]]; on v2: [{"timestamp": …, "value": …}].' },
  bad_series: { what: 'A series is not an object with a metric and points.', then: 'The message says where it stands in the payload.' },
  too_many_series: { what: 'More different series than one organization may have: a tag has a value for each request, user or container.', then: 'Find the tag with the highest cardinality and take it off at the sender.', link: { to: '/metric/summary?sort=-series', label: 'Metrics by cardinality' } },
  bad_sketch: { what: 'A distribution’s sketch does not add up.', then: 'Update the client that made it.' },
  bad_reference: { what: 'A columnar payload refers to what it does not hold.', then: 'Update the Agent that made it.' },
  bad_event: { what: 'An event has not the shape of one.', then: 'It needs a title; the message says what is wrong.' },
  bad_check: { what: 'A service check has not the shape of one.', then: 'It needs check, host_name and status.' },
  bad_check_name: { what: 'A service check has no name.', then: 'Set check.' },
  bad_check_status: { what: 'The status of a service check is none.', then: '0 OK, 1 warning, 2 critical, 3 unknown.' },
  missing_host: { what: 'Host metadata names no host.', then: 'Set hostname in datadog.yaml or DD_HOSTNAME.' },
  bad_external_host_tags: { what: 'The tags of other hosts are not pairs of host and tags.', then: 'Update the integration that sends them.' },
  legacy_metrics: { what: 'Metrics came in the form of the Agent 5, which is not kept.', then: 'Update to Agent 6 or 7.' },
  intake_busy: { what: 'The server had its hands full and asked the sender to wait.', then: 'Agents send it again by themselves. If it goes on, send larger and fewer payloads or give the server more memory.' },
  storage_busy: { what: 'The disk could not keep up and the sender was asked to wait.', then: 'Agents send it again by themselves. If it goes on, the disk is too slow for what arrives.' },
  storage_unavailable: { what: 'The data could not be written.', then: 'Look at the server’s log: a full disk is the usual cause. Agents keep the data and send it again.' },
  storage_fault: { what: 'A fault of the server while storing.', then: 'The server’s log says more; agents send it again.' },
  fault: { what: 'A fault of the server.', then: 'The server’s log says more; please report it with the payload’s head.' },
};

const BY_OUTCOME: Record<string, Hint> = {
  invalid: { what: 'The data is not what the route expects.', then: 'The message names what and where.' },
  rate_limited: { what: 'The sender was asked to wait.', then: 'Agents send it again by themselves.' },
  filtered: { what: 'A rule of yours leaves this out.', then: 'Change the rule if you want it.' },
  discarded: { what: 'It was taken and thrown away.', then: 'The message says why.' },
  dropped: { what: 'It was lost here.', then: 'Look at the server’s log.' },
};

export function hintOf(reason: string, outcome: string): Hint {
  return HINTS[reason] ?? BY_OUTCOME[outcome] ?? { what: 'It was not kept.', then: 'The message says why.' };
}

/** A reason's code as words. */
export function reasonText(reason: string): string {
  const text = reason.replace(/_/g, ' ').replace(/\bapi\b/g, 'API').replace(/\bjson\b/g, 'JSON');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
