"""`python -m ops`: see ops.cli."""

import logging
import sys

import structlog

from ops.cli import main

if __name__ == "__main__":
    # stdout belongs to results, also when a library of ours logs in this process
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    main()
