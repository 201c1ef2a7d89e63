"""`python -m ops`: see ops.cli."""

from ops.cli import main

if __name__ == "__main__":
    main()
