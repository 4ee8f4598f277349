"""Runs the courier of this node's gateway: `python -m qipan.site.courier`."""

from importlib import import_module

from qipan.site.setup import set_up


def main() -> None:
    set_up()  # before the tables are imported
    import_module("qipan.faces.gateway.courier").Courier().run()


if __name__ == "__main__":
    main()
