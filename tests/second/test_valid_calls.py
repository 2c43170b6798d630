"""Valid calls reach the upstream byte for byte."""

import shutil
import subprocess

import pytest

from tests.second.harbour import KEY, Relay, http, status_of

FORM = "Content-Type: application/x-www-form-urlencoded"
SENDER = b"sender[name]=Ada&sender[city]=Kiel&recipient%5Bname%5D=B%C3%B6&recipient[city]=R+o"
CUT = "X-Odd:  two  words"

QUERIES = [
    "",
    "limit=100",
    "limit=1&unknown=%7e&unknown=2",
    "filter[status]=afloat&filter[heavier]=0.5&filter[fragile]=true",
    "filter%5Bstatus%5D=landed",
    "ids=1,2,-3",
    "ids=1%2C2",
    "tag=a&tag=%C3%BC",
    "tag[]=a&tag[]=b",
    "berths=north|south",
    "berths=north%7Csouth",
    "decks=1%202%203",
    "decks=1+2",
    "window=%7B%22from%22:1,%22to%22:null%7D",
    "&&limit=2&",
]

HEADERS = [
    [],
    ["X-Trace: 1,2, 3"],
    ["x-trace: 1", "X-TRACE: 2"],
    ["X-Options: depth=2,mode=deep"],
    ["Cookie: lane=3; pref=fast,green"],
    ["Cookie: lane=3", "Cookie: pref=cheap"],
    [CUT, "x-odd: two", "X-Odd: one"],
]

FORMS = [
    SENDER,
    SENDER + b"&parcels[0][weight]=1.5&parcels[0][fragile]=false&parcels[1][weight]=2e1",
    SENDER + b"&parcels[][weight]=1&parcels[][label]=x&parcels[][weight]=2",
    SENDER + b"&parcels[0][weight]=3&parcels[0][inside][weight]=2&parcels[0][inside][label]=in",
    SENDER + b"&sender[lines][]=a&sender[lines][]=b&recipient[lines][0]=c",
    SENDER + b"&sender[post_code]=24103&insured=0&express=true",
    SENDER + b"&metadata[a]=1&metadata[b%20c]=true",
    SENDER + b"&reference=&unknown=%7E~",
    SENDER + b"&reference=null",
    b"recipient[city]=X&sender[city]=Y&recipient[name]=Z&sender[name]=W",
]

TREES = [
    b'{"name":"a"}',
    b' {"name" : "\\u00e4", "note":null , "children":[{"name":"b","children":[{"name":"c"}]}]}\n',
    b'{"name":"a","leaf":{"kind":"apple","red":true}}',
    b'{"id":7,"name":"a","leaf":{"kind":"pear","soft":1}}',
]

PATHS = [
    ("GET", "/v2/shipments/abc-1", "/shipments/abc-1"),
    ("GET", "/v2/shipments/%61bc", "/shipments/%61bc"),
    ("GET", "/v2/shipments/latest", "/shipments/latest"),
    ("DELETE", "/v2/shipments/1", "/shipments/1"),
    ("GET", "/v2/Accounts/AC00ff.json", "/Accounts/AC00ff.json"),
    ("GET", "/v2/cranes/1,-2,3/.red.blue/;x=1;y=-2", "/cranes/1,-2,3/.red.blue/;x=1;y=-2"),
    ("GET", "/v2/cranes/1%2C2/.green/%3Bx=1;y%3D2", "/cranes/1%2C2/.green/%3Bx=1;y%3D2"),
    ("GET", "/v2/reports?year=2026", "/reports?year=2026&api_key=up%20key%2F1"),
    ("GET", "/store/v1/papers/p%20q/content", "/papers/p%20q/content"),
    ("HEAD", "/store/v1/papers/p/content", "/papers/p/content"),
    ("GET", "/events?since=3", "/events?since=3"),
    ("GET", "/health", "/health"),
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_goes_on_unchanged(relay: Relay, query: str) -> None:
    target = "/v2/shipments" + (f"?{query}" if query else "")
    assert status_of(relay.send(http(f"GET {target}"))) == 200
    assert relay.last().target == target.removeprefix("/v2").encode()


@pytest.mark.parametrize("lines", HEADERS)
def test_header_lines_go_on_in_order(relay: Relay, lines: list[str]) -> None:
    assert status_of(relay.send(http("GET /v2/shipments", lines))) == 200
    for name in {line.partition(":")[0].lower() for line in lines}:
        sent = [line.partition(":")[2].strip() for line in lines if line.lower().startswith(name)]
        assert relay.last().values(name.encode()) == [value.encode() for value in sent]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_goes_on_byte_for_byte(relay: Relay, form: bytes) -> None:
    answer = relay.send(http("POST /v2/shipments", [FORM], form))
    assert status_of(answer) == 200, answer
    assert relay.last().body == form
    assert relay.last().value(b"content-type") == FORM.partition(": ")[2].encode()


@pytest.mark.parametrize("tree", TREES)
def test_json_goes_on_byte_for_byte(relay: Relay, tree: bytes) -> None:
    answer = relay.send(http("POST /v2/trees", ["Content-Type: Application/JSON"], tree))
    assert status_of(answer) == 200, answer
    assert relay.last().body == tree


@pytest.mark.parametrize(("method", "target", "wanted"), PATHS)
def test_a_path_goes_on_unchanged_behind_the_base(
    relay: Relay, method: str, target: str, wanted: str
) -> None:
    answer = relay.send(http(f"{method} {target}"))
    assert status_of(answer) == 200, answer
    assert relay.last().target == wanted.encode()


def test_a_chunked_form_goes_on(relay: Relay) -> None:
    chunks = (
        b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (SENDER[:7], SENDER[7:])) + b"0\r\n\r\n"
    )
    answer = relay.send(http("POST /v2/shipments", [FORM, "Transfer-Encoding: chunked"]) + chunks)
    assert status_of(answer) == 200
    assert relay.last().body == SENDER


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
def test_each_declared_media_type_is_taken(relay: Relay, media_type: str) -> None:
    body = b'{"status":"landed","insured":null,"recipient":null}'
    answer = relay.client.patch(
        "/v2/shipments/1", content=body, headers={"Content-Type": media_type}
    )
    assert answer.status_code == 200, answer.text
    assert relay.last().body == body


def test_an_optional_form_may_be_absent(relay: Relay) -> None:
    assert relay.client.post("/v2/Accounts/AC0000/Calls/CA0001.json").status_code == 200
    form = {"To": "+4940123", "Record": "true", "StatusCallbackEvent": ["ringing", "answered"]}
    answer = relay.client.post("/v2/Accounts/AC0000/Calls/CA0001.json", data=form)
    assert answer.status_code == 200, answer.text
    assert relay.last().body.startswith(b"To=%2B4940123&Record=true")


def test_text_goes_on(relay: Relay) -> None:
    body = "Nebel, Kai 3 ⚓".encode()
    headers = {"Content-Type": "text/plain; charset=UTF-8"}
    assert relay.client.post("/v2/notes", content=body, headers=headers).status_code == 200
    assert (relay.last().body, relay.last().value(b"content-type")) == (
        body,
        b"text/plain; charset=UTF-8",
    )


def test_binary_goes_on(relay: Relay) -> None:
    body = bytes(range(256)) * 1000
    headers = {"Content-Type": "application/octet-stream"}
    answer = relay.client.put("/store/v1/papers/p/content", content=body, headers=headers)
    assert answer.status_code == 200
    assert relay.last().body == body


def test_multipart_goes_on_byte_for_byte(relay: Relay) -> None:
    files = [
        ("kind", (None, b"manifest")),
        ("copies", (None, b"2")),
        ("scan", ("a.png", b"\x89PNG\r\n--" * 9000, "image/png")),
        ("annexes", ("1.bin", b"one")),
        ("annexes", ("2.bin", b"two")),
        ("details", (None, b'{"pages": 1, "parent": {"pages": 2}}', "application/json")),
    ]
    request = relay.client.build_request("POST", "/store/v1/papers", files=files)
    body = request.read()
    answer = relay.client.send(request)
    assert answer.status_code == 200, answer.text
    assert relay.last().body == body


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_uploads_with_expect(relay: Relay, tmp_path: object) -> None:
    done = subprocess.run(
        [
            *("curl", "-sS", "--noproxy", "*", "-H", f"X-Relay-Key: {KEY}"),
            *("-H", "Expect: 100-continue", "-F", "kind=invoice"),
            *("-F", "scan=@-;filename=s.pdf;type=application/pdf"),
            *("-F", 'details={"pages":3};type=application/json'),
            f"{relay.served.url}/store/v1/papers",
        ],
        input=b"%PDF" * 50_000,
        capture_output=True,
        check=True,
        timeout=30,
    )
    assert b'"target"' in done.stdout, done
    assert b"%PDF" * 50_000 in relay.last().body
    assert relay.last().value(b"expect") is None
