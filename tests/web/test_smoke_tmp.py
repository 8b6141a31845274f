import pytest
@pytest.mark.parametrize("path", ["/today","/inbox","/inbox?turn=you","/inbox/1","/inbox/2?turn=you","/review","/review/1","/contacts","/contacts?q=ima&size=20k..500k&er=3..&turn=you&sort=-size&foo=1&tag=one-pan&reach=email&platform=youtube&topic=kitchen&stage=Active","/contacts/new","/contacts/1","/contacts/1-imani?show=notes","/contacts/8","/sequences","/sequences/1-x","/sequences/1?state=held","/search","/search?q=ima","/settings/you"])
def test_all(ada, queries, path):
    ada.get(path)
    print(path, len(queries))
    ada.get(path, part=True)
    print("   part", len(queries))
    assert len(queries) < 40
