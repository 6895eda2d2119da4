"""Snapshots and shared graphs of the real binary: the picture, the mail, and what a restart leaves."""

import email
import email.policy
import json
import struct
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from mailserver import Authority, MailServer
from server import Server, free_port, wait_for


def points(server):
    now = int(time.time())
    series = [{"metric": "share.load", "type": 3, "points": [
        {"timestamp": now - 60 * i, "value": 10 + i % 7} for i in range(50)]}]
    assert server.call("POST", "/api/v2/series", {"series": series})[0] == 202
    return now


def png_size(url):
    """Width and height of a picture that is fetched without keys."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.headers["Content-Type"] == "image/png"
        body = answer.read()
    assert body.startswith(b"\x89PNG\r\n\x1a\n") and len(body) > 5000
    return struct.unpack(">II", body[16:24]), body


def share(server, now, **more):
    body = {
        "definition": {"type": "timeseries", "title": "Load of the shop",
                       "requests": [{"q": "avg:share.load{*}", "display_type": "area"}]},
        "from": (now - 3600) * 1000, "to": now * 1000, "url": "/dashboard/abc-def-ghi", **more,
    }
    return server.call("POST", "/api/procyon/share", body)


def test_a_snapshot_survives_a_restart(tmp_path):
    server = Server(tmp_path / "data")
    with server:
        now = points(server)
        parameters = urllib.parse.urlencode({
            "metric_query": "avg:share.load{*}", "start": now - 3600, "end": now,
            "title": "Load", "width": 600, "height": 300})
        status, body, _ = server.call("GET", f"/api/v1/graph/snapshot?{parameters}")
        assert status == 200, body
        size, picture = png_size(body["snapshot_url"])
        assert size == (600, 300)
        path = urllib.parse.urlparse(body["snapshot_url"]).path
        server.kill()
        server.start()
        assert png_size(server.url + path)[1] == picture
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(server.url + path.replace(".png", "0.png"), timeout=30)


def test_a_shared_graph_arrives_by_mail_with_its_picture(tmp_path):
    port = free_port()
    arguments = ["--smtp-url", f"smtp://127.0.0.1:{port}", "--mail-from", "Procyon <ops@example.com>",
                 "--public-url", "https://procyon.example"]
    server = Server(tmp_path / "data", arguments=arguments)
    with server:
        now = points(server)
        # The mail server is away at first: the mail waits, through a crash as well.
        status, body, _ = share(server, now, recipients=["ada@example.org"], note="Look at <this>")
        assert status == 201, body
        assert body["sent_to"] == ["ada@example.org"]
        server.kill()
        with MailServer(port) as mails:
            server.start()
            (recipients, raw), = wait_for(lambda: mails.mails, "the mail", 60)
            mails.shutdown()
        assert recipients == ["ada@example.org"]
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert mail["From"] == "Procyon <ops@example.com>"
        assert mail["Subject"].endswith("shared: Load of the shop")
        assert "Look at <this>" in mail.get_body(("plain",)).get_content()
        html = mail.get_body(("html",)).get_content()
        assert "Look at &lt;this&gt;" in html and "https://procyon.example/dashboard/abc-def-ghi" in html
        pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
        assert pictures[0].get_content().startswith(b"\x89PNG") and f"cid:{pictures[0]['Content-ID'][1:-1]}" in html

        _, events, _ = server.call("GET", f"/api/v1/events/{body['event_id']}")
        assert body["snapshot_url"] in events["event"]["text"]


@pytest.mark.parametrize("wrapped", [False, True], ids=["starttls", "tls"])
def test_mail_goes_by_tls_to_a_server_that_is_trusted(tmp_path, wrapped):
    authority = Authority(tmp_path)
    with MailServer(certificate=authority.certificate("localhost"), wrapped=wrapped) as mails:
        scheme = "smtps" if wrapped else "smtp"
        url = f"{scheme}://localhost:{mails.port}" + ("" if wrapped else "?tls=starttls")
        settings = ["--smtp-url", url, "--mail-from", "ops@example.com"]
        server = Server(tmp_path / "data", arguments=settings)

        def problem():
            return server.call("GET", "/api/procyon/delivery")[1]["email"]["problem"]

        with server:
            status, body, _ = share(server, points(server), recipients=["ada@example.org"])
            assert status == 201, body
            said = wait_for(problem, "what is wrong")
            assert "certificate" in said and "--smtp-ca" in said, said
            assert server.stop() == 0, server.output()
        assert mails.mails == [], "nothing is told to a server that may be anybody"
        server.arguments += ["--smtp-ca", str(authority.pem)]
        with server:
            (recipients, raw), = wait_for(lambda: mails.mails, "the mail", 60)
            assert recipients == ["ada@example.org"] and b"image/png" in raw
            wait_for(lambda: problem() is None, "that nothing is wrong any more")
            assert server.stop() == 0, server.output()
        mails.shutdown()


def test_mail_is_not_given_to_a_server_of_another_name(tmp_path):
    authority = Authority(tmp_path)
    with MailServer(certificate=authority.certificate("mail.example.com")) as mails:
        settings = ["--smtp-url", f"smtp://localhost:{mails.port}?tls=starttls", "--mail-from", "ops@example.com",
                    "--smtp-ca", str(authority.pem)]
        server = Server(tmp_path / "data", arguments=settings)
        with server:
            assert share(server, points(server), recipients=["ada@example.org"])[0] == 201
            said = wait_for(lambda: server.call("GET", "/api/procyon/delivery")[1]["email"]["problem"], "what is wrong")
            assert "--smtp-url" in said and "name" in said, said
        assert mails.mails == []
        mails.shutdown()


def test_without_a_mail_server_the_setting_is_named(server):
    status, body, _ = share(server, points(server), recipients=["ada@example.org"])
    assert status == 400 and "--smtp-url" in json.dumps(body)


def test_dashboards_as_files(server, tmp_path):
    keys = {"PROCYON_URL": server.url, "DD_API_KEY": server.api_key, "DD_APP_KEY": server.application_key}
    made = []
    for title in ("Files: one", "Files: two"):
        definition = {"title": title, "layout_type": "ordered", "widgets": [{"definition": {
            "type": "timeseries", "requests": [{"q": "avg:share.load{*}"}], "zebra": 1, "apple": 2}}]}
        status, body, _ = server.call("POST", "/api/v1/dashboard", definition)
        assert status == 200, body
        made.append(body["id"])
    ids = [argument for one in made for argument in ("--id", one)]
    run = server.cli("dashboards", "export", tmp_path / "out", *ids, **keys)
    assert run.returncode == 0, run.stderr
    files = sorted((tmp_path / "out").iterdir())
    assert [file.name for file in files] == [f"files-one-{made[0]}.json", f"files-two-{made[1]}.json"]
    text = files[0].read_text()
    assert text.index("zebra") < text.index("apple"), "keys stay in their order"

    changed = json.loads(text)
    changed["title"] = "Files: three"
    files[0].write_text(json.dumps(changed))
    new = {key: value for key, value in json.loads(files[1].read_text()).items() if key != "id"}
    (tmp_path / "out" / "zz-new.json").write_text(json.dumps(new))
    dry = server.cli("dashboards", "import", tmp_path / "out", "--dry-run", **keys)
    assert f"would update {made[0]}" in dry.stdout and "would be created" in dry.stdout, dry.stdout
    assert server.call("GET", f"/api/v1/dashboard/{made[0]}")[1]["title"] == "Files: one"

    (tmp_path / "out" / "bad.json").write_text("{")
    run = server.cli("dashboards", "import", tmp_path / "out", **keys)
    assert run.returncode == 1 and "bad.json: is not valid JSON" in run.stderr, run.stderr
    assert f"updated {made[0]}" in run.stdout and f"unchanged {made[1]}" in run.stdout
    assert "created " in run.stdout and "3 dashboards imported" in run.stdout
    assert server.call("GET", f"/api/v1/dashboard/{made[0]}")[1]["title"] == "Files: three"

    run = server.cli("dashboards", "export", tmp_path / "out", "--id", made[0], **keys)
    assert run.returncode == 0, run.stderr
    assert not files[0].exists() and (tmp_path / "out" / f"files-three-{made[0]}.json").exists()


def test_a_query_as_columns_by_tag(server):
    now = int(time.time())
    series = [{"metric": "share.by", "type": 3, "tags": [f"zone:{zone}"],
               "points": [{"timestamp": now - 60 * i, "value": i} for i in range(5)]} for zone in "ab"]
    assert server.call("POST", "/api/v2/series", {"series": series})[0] == 202
    run = server.cli("query", "avg:share.by{*}", "--by", "zone", "--csv", "--data", server.data)
    assert run.returncode == 0, run.stderr
    head, *rows = run.stdout.splitlines()
    assert head == 'time,"share.by{zone:a}","share.by{zone:b}"' and len(rows) >= 4
    assert "\x1b[" not in run.stdout
