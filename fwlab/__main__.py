"""``python -m fwlab``: the same as the ``fwlab`` command."""

from fwlab.cli import main

if __name__ == "__main__":
    main()
