"""Turns the published sentence encoder into an ONNX file; runs in an environment of its own.

`python -m scripts.encoder.build SOURCE TARGET` does it; `make setup` calls that.
"""
