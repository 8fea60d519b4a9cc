"""The lab keeps its promises: what a home meets is what happens in it."""



def test_the_house_is_behind_its_router(lab):
    assert lab.exec("home", ["curl", "-s", "http://echo.inet.test/"]).stdout.strip() == lab.public
    assert lab.reach(443) == "silent"
