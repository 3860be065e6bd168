"""Building: what two builds at once do to each other."""

import threading
import time

from journal import build


def test_two_builds_at_once_take_turns(tmp_path, monkeypatch):
    steps = []

    def noted(step):
        def act(*_arguments, **_options):
            steps.append((threading.get_ident(), step))
            time.sleep(0.02)

        return act

    monkeypatch.setattr(build, "STAGING", tmp_path / "cache" / "build")
    monkeypatch.setattr(build, "_mkdocs", noted("mkdocs"))
    monkeypatch.setattr(build, "assemble", noted("assemble"))
    whole = threading.Thread(target=build.build, args=[tmp_path / "site"])
    part = threading.Thread(target=build.build_language, args=["en", tmp_path / "site"])
    for thread in (whole, part):
        thread.start()
    for thread in (whole, part):
        thread.join()
    builders = [builder for builder, _ in steps]
    assert len(steps) == 5
    assert len(set(builders)) == 2
    assert builders == sorted(builders, key=builders.index), "one builder's steps, then the other's"
