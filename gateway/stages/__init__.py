"""The stages that a request passes on its way in; `gateway/app.py` has their order."""
