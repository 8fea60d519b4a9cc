from workshop import images, standins
from workshop.places import ROOT

DOCKERFILE = """
FROM --platform=$BUILDPLATFORM python:3.13-slim AS build
FROM python:3.13-slim
COPY --from=build /venv /venv
FROM build AS again
"""
COMPOSE = """
services:
  server: {build: .}
  caddy:
    image: caddy:2.11  # the door
  prometheus:
    image: "prom/prometheus:v2.53.5"
  grafana:
    image: grafana/grafana:12.2.0
  own:
    image: lanternhold-server:0.1.0
"""


def test_the_base_images_are_read_out_of_what_is_built(tmp_path):
    (tmp_path / "deploy/image").mkdir(parents=True)
    (tmp_path / "deploy/image/Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    assert images.needed(tmp_path) == ["python:3.13-slim", "caddy:2.11", "prom/prometheus:v2.53.5"]


def test_ours_starts_from_images_that_can_be_stood_in_for():
    needed = images.needed(ROOT)
    assert any(image.startswith("python:") for image in needed)
    assert not [image for image in needed if standins.recipe(image) is None]
