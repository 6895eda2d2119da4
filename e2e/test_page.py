"""How the web page is served. What it shows is tested in a real browser, in ui/e2e."""

import gzip
import re
import urllib.request

HTML = {"Accept": "text/html"}


def get(server, path, **headers):
    status, body, head = server.call("GET", path, headers=headers, keys=False)
    return status, body, head


def test_every_address_of_the_page_gives_it_with_its_policy(server):
    nonces = set()
    for path in ("/", "/metric/explorer?a=avg:m{*}", "/infrastructure/host/a.b"):
        status, body, head = get(server, path, **HTML)
        assert status == 200 and "<html" in body, path
        policy = head["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy, policy
        nonce = re.search(r"'nonce-([0-9a-f]{32})'", policy)[1]
        assert nonce in body and "__CSP_NONCE__" not in body
        nonces.add(nonce)
    assert len(nonces) == 3


def test_files_are_kept_for_ever_and_packed(server):
    _, body, _ = get(server, "/", **HTML)
    script = re.search(r'src="(/assets/[^"]+\.js)"', body)[1]
    status, plain, head = get(server, script)
    assert status == 200 and "immutable" in head["Cache-Control"] and head["X-Content-Type-Options"] == "nosniff"
    assert head["Content-Type"].startswith("text/javascript")
    assert get(server, script, **{"If-None-Match": head["ETag"]})[0] == 304
    request = urllib.request.Request(server.url + script, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.read()).decode() == plain


def test_what_is_no_page_is_json(server):
    for path in ("/api/nope", "/api/v1/nope", "/intake/nope"):
        assert get(server, path, **HTML)[:2] == (404, {"errors": ["Not found"]}), path
    assert get(server, "/nope")[:2] == (404, {"errors": ["Not found"]}), "a client that wants no page"
    assert server.call("POST", "/nope", {}, headers=HTML)[0] == 404
