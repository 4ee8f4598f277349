"""`python -m qipan.faces.cli`, where the command is not on the path."""

from qipan.faces.cli.commands import main

if __name__ == "__main__":
    main(prog_name="qipan")
