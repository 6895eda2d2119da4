"""The real client libraries, unmodified but for their URL."""

import time
import uuid

import datadog
import pytest
from datadog_api_client import ApiClient, Configuration
from datadog_api_client.v1.api.hosts_api import HostsApi
from datadog_api_client.v1.api.metrics_api import MetricsApi as MetricsV1
from datadog_api_client.v1.api.tags_api import TagsApi
from datadog_api_client.v1.model.host_tags import HostTags
from datadog_api_client.v1.model.distribution_points_payload import DistributionPointsPayload
from datadog_api_client.v1.model.metrics_payload import MetricsPayload
from datadog_api_client.v2.api.events_api import EventsApi
from datadog_api_client.v2.api.metrics_api import MetricsApi as MetricsV2
from datadog_api_client.v2.model.metric_content_encoding import MetricContentEncoding
from datadog_api_client.v2.model.metric_payload import MetricPayload
from datadog_api_client.v2.model.timeseries_formula_query_request import (
    TimeseriesFormulaQueryRequest,
)
from datadog_api_client.v2.model.scalar_formula_query_request import ScalarFormulaQueryRequest

from server import wait_for


def name(what):
    return f"e2e.{what}.{uuid.uuid4().hex[:8]}"


@pytest.fixture
def library(server):
    """The `datadog` package: statsd's sibling, version 0."""
    datadog.initialize(
        api_host=server.url, api_key=server.api_key, app_key=server.application_key, mute=False
    )
    return datadog.api


@pytest.fixture
def client(server):
    """`datadog-api-client`, as its documentation sets another server."""
    configuration = Configuration(host=server.url)
    configuration.api_key["apiKeyAuth"] = server.api_key
    configuration.api_key["appKeyAuth"] = server.application_key
    with ApiClient(configuration) as client:
        yield client


def values(series):
    return [value for _, value in series["pointlist"] if value is not None]


def test_datadog_metric_send_and_query(library):
    metric, now = name("send"), int(time.time())
    sent = library.Metric.send(
        metric=metric, points=[(now - 20, 1), (now, 2.5)], host="lib-host", tags=["env:lib"],
        type="gauge",
    )
    assert sent["status"] == "ok"
    found = library.Metric.query(start=now - 600, end=now + 60, query=f"max:{metric}{{env:lib}} by {{host}}")
    assert found["status"] == "ok" and found["query"].startswith("max:")
    (series,) = found["series"]
    assert values(series) == [1, 2.5]
    assert series["scope"] in ("env:lib,host:lib-host", "host:lib-host,env:lib", "host:lib-host")
    assert series["tag_set"] == ["host:lib-host"]


def test_datadog_distribution_and_checks(library):
    metric, now = name("dist"), int(time.time())
    sent = library.Distribution.send(distributions=[{"metric": metric, "points": [(now, [1, 2, 3, 4])]}])
    assert sent["status"] == "ok"
    (series,) = library.Metric.query(start=now - 600, end=now + 60, query=f"avg:{metric}{{*}}")["series"]
    assert values(series) == [pytest.approx(2.5, rel=0.02)]
    assert library.ServiceCheck.check(check="app.ok", host_name="h", status=0, message="fine")["status"] == "ok"


def test_datadog_metadata_and_listing(library):
    metric, now = name("meta"), int(time.time())
    library.Metric.send(metric=metric, points=[(now, 1)], host="list-host")
    assert metric in library.Metric.list(now - 3600)["metrics"]
    library.Metadata.update(metric_name=metric, type="gauge", description="tea", unit="byte")
    assert library.Metadata.get(metric_name=metric)["description"] == "tea"
    assert metric in library.Infrastructure.search(q=f"metrics:{metric}")["results"]["metrics"]


def test_datadog_events(library):
    title = name("title")
    made = library.Event.create(
        title=title, text="it happened", tags=["env:lib", "team:x"], alert_type="warning", host="ev"
    )
    assert made["status"] == "ok"
    event = wait_for(lambda: library.Event.get(made["event"]["id"]).get("event"), "the event")
    assert (event["title"], event["text"], event["alert_type"]) == (title, "it happened", "warning")
    now = int(time.time())
    found = library.Event.query(start=now - 600, end=now + 60, tags=["env:lib"])["events"]
    assert title in [event["title"] for event in found]


def test_datadog_hosts_and_tags(library):
    host, now = name("host").replace(".", "-"), int(time.time())
    library.Metric.send(metric="system.load.1", points=[(now, 1)], host=host, tags=["env:h"])
    assert library.Tag.create(host, tags=["role:db", "rack:7"])["host"] == host
    assert sorted(library.Tag.get(host)["tags"]) == ["rack:7", "role:db"]
    found = library.Hosts.search(filter=host)
    assert [h["name"] for h in found["host_list"]] == [host]
    assert library.Hosts.totals()["total_up"] >= 1
    assert library.Host.mute(host, message="quiet")["action"] == "Muted"
    assert library.Hosts.search(filter=host)["host_list"][0]["is_muted"] is True
    assert library.Host.unmute(host)["action"] == "Unmuted"
    # A host's tag scopes its metrics without splitting their series.
    (series,) = library.Metric.query(
        start=now - 600, end=now + 60, query=f"avg:system.load.1{{role:db,host:{host}}}"
    )["series"]
    assert values(series) == [1]
    library.Tag.update(host, tags=["role:web"])
    assert library.Tag.get(host)["tags"] == ["role:web"]
    library.Tag.delete(host)
    assert library.Tag.get(host).get("tags", []) == []


def test_wrong_keys(server):
    datadog.initialize(api_host=server.url, api_key="0" * 32, app_key="1" * 40, mute=False)
    with pytest.raises(Exception, match="403|Forbidden"):
        datadog.api.Metric.send(metric="no", points=[(time.time(), 1)])
    status, body, _ = server.call("GET", "/api/v1/validate", keys=False, headers={"DD-API-KEY": "x"})
    assert status == 403 and body["errors"]


@pytest.mark.parametrize("encoding", ["none", "gzip", "deflate", "zstd1"])
def test_api_client_v2_series(client, encoding):
    metric, now = name("v2"), int(time.time())
    payload = MetricPayload(series=[{
        "metric": metric, "type": 3, "points": [{"timestamp": now, "value": 0.7}],
        "resources": [{"name": "client-host", "type": "host"}], "tags": ["env:v2"],
    }])
    keywords = {} if encoding == "none" else {"content_encoding": MetricContentEncoding(encoding)}
    assert MetricsV2(client).submit_metrics(body=payload, **keywords).errors == []
    answer = MetricsV1(client).query_metrics(_from=now - 600, to=now + 60, query=f"avg:{metric}{{env:v2}}")
    assert answer.status == "ok"
    assert [p.value[1] for p in answer.series[0].pointlist if p.value[1] is not None] == [0.7]


def test_api_client_v1_series(client):
    metric, now = name("v1"), float(int(time.time()))
    payload = MetricsPayload(series=[{
        "metric": metric, "type": "count", "interval": 10, "points": [[now, 5.0]], "host": "h1",
        "tags": ["env:v1"],
    }])
    assert MetricsV1(client).submit_metrics(body=payload).status == "ok"
    answer = MetricsV1(client).query_metrics(
        _from=int(now) - 600, to=int(now) + 60, query=f"sum:{metric}{{*}}.as_count()"
    )
    assert [p.value[1] for p in answer.series[0].pointlist if p.value[1]] == [5.0]


def test_api_client_distribution(client):
    metric, now = name("v1dist"), float(int(time.time()))
    payload = DistributionPointsPayload(series=[{"metric": metric, "points": [[now, [10.0, 20.0]]]}])
    assert MetricsV1(client).submit_distribution_points(body=payload).status == "ok"
    answer = MetricsV1(client).query_metrics(_from=int(now) - 60, to=int(now) + 60, query=f"max:{metric}{{*}}")
    assert answer.series[0].pointlist


def formula(kind, metric, now, extra):
    return {"data": {"type": kind, "attributes": {
        "from": (now - 600) * 1000, "to": (now + 60) * 1000, "formulas": [{"formula": "a * 2"}],
        "queries": [{"data_source": "metrics", "name": "a", "query": f"avg:{metric}{{*}} by {{host}}", **extra}],
    }}}


def test_api_client_v2_queries(client):
    metric, now = name("formula"), int(time.time())
    payload = MetricPayload(series=[{
        "metric": metric, "type": 3, "points": [{"timestamp": now - 30, "value": 21.0}],
        "resources": [{"name": f"h{i}", "type": "host"}],
    } for i in (1, 2)])
    MetricsV2(client).submit_metrics(body=payload)
    body = TimeseriesFormulaQueryRequest(**formula("timeseries_request", metric, now, {}))
    lines = MetricsV2(client).query_timeseries_data(body=body).data.attributes
    groups = [tag for line in lines.series.value for tag in line.group_tags.value]
    assert sorted(groups) == ["host:h1", "host:h2"]
    lines = [[v for v in line.value if v is not None] for line in lines["values"].value]
    assert lines == [[42.0], [42.0]]
    body = ScalarFormulaQueryRequest(**formula("scalar_request", metric, now, {"aggregator": "avg"}))
    columns = MetricsV2(client).query_scalar_data(body=body).data.attributes.columns
    by_kind = {str(column["type"]): column["values"] for column in columns}
    assert sorted(by_kind["group"]) == [["h1"], ["h2"]]
    assert by_kind["number"] == [42.0, 42.0]


def test_api_client_hosts_tags_events(client):
    host = name("clienthost").replace(".", "-")
    tags = TagsApi(client)
    tags.create_host_tags(host_name=host, body=HostTags(host=host, tags=["a:b"]))
    assert tags.get_host_tags(host_name=host).tags == ["a:b"]
    assert HostsApi(client).list_hosts(count=5).total_matching >= 0
    assert EventsApi(client).list_events(filter_from="now-1h") is not None
