import asyncio
from pathlib import Path

from gateway.actions.download_folder import DownloadFolder
from gateway.actions.downloads import Downloads
from gateway.mcp.files import MAX_EMBEDDED, as_links, links, result_files

BASE = "https://relay.example.com"
OURS = f"{BASE}/-/downloads/abc/a.pdf?type=application%2Fpdf"


def test_only_whole_texts_that_are_ours_are_links() -> None:
    value = {"a": [OURS, {"b": OURS}], "c": f"See {OURS}", "d": f"{OURS} too", "e": "https://x/y"}
    assert list(links(value, BASE)) == [OURS, OURS]


def test_chatgpt_s_list_becomes_a_url() -> None:
    assert as_links({"openaiFileResponse": [OURS], "size": 5}, BASE) == {"url": OURS, "size": 5}
    beside = {"openaiFileResponse": [OURS], "data": [{"url": OURS}]}
    assert as_links(beside, BASE) == {"data": [{"url": OURS}]}


def test_an_upstream_s_own_member_of_that_name_stays() -> None:
    for value in ({"openaiFileResponse": ["https://x/y"]}, {"openaiFileResponse": []}, [1], "x"):
        assert as_links(value, BASE) == value


def test_content_is_bound_in_all(tmp_path: Path) -> None:
    downloads = Downloads(DownloadFolder(tmp_path), b"0" * 32, BASE)

    async def run() -> None:
        half = MAX_EMBEDDED // 2 + 1
        kept = [
            await downloads.keep_bytes(b"x" * size, "a b.bin", "a/b", BASE)
            for size in (half, half, 10)
        ]
        value = [each.url for each in kept] + [kept[0].url, OURS]
        files = await result_files(value, BASE, downloads)
        assert [each.size for each in files] == [half, half, 10]
        assert [each.content is not None for each in files] == [True, False, True]
        assert {(each.name, each.media_type) for each in files} == {("a b.bin", "a/b")}
        downloads.close()

    asyncio.run(run())
