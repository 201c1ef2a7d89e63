"""`python -m ivr`: the call process."""

from ivr.bootstrap import main

if __name__ == "__main__":
    main()
