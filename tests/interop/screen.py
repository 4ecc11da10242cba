"""Runs a command in a terminal of a certain width and prints what is on the screen, as JSON.

    screen.py --columns 80 [--until TEXT] COMMAND ARGUMENT ...

`lines` are the lines of the screen at the end of the command, or as soon as a text is on it, after which the command is
ended. `styles` tells whether it has set colours or other styles of text. `widest` is the length of the longest line that the
command wrote, before the terminal wrapped it.
"""

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

import pyte

ROWS = 200
DEADLINE = 30
# The time after which a screen is complete that shows a text.
SETTLES = 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--columns", type=int, required=True)
    parser.add_argument("--until")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    child, terminal = pty.fork()
    if child == 0:
        size = struct.pack("HHHH", ROWS, options.columns, 0, 0)
        fcntl.ioctl(1, termios.TIOCSWINSZ, size)
        os.execvp(options.command[0], options.command)
    screen = pyte.Screen(options.columns, ROWS)
    written = show(terminal, screen, options.until)
    if options.until:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    styles = re.compile(rb"\x1b\[[0-9;]*m")
    plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", written).decode()
    widest = max(len(line) for line in re.split(r"[\r\n]+", plain))
    json.dump({"lines": lines, "styles": bool(styles.search(written)), "widest": widest}, sys.stdout)


def show(terminal, screen, until):
    """Feeds what is written to the screen, to the end or until a text is there; returns it."""
    stream = pyte.ByteStream(screen)
    written = b""
    deadline = time.monotonic() + DEADLINE
    end = None
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        if ready:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # The command has ended.
                return written
            if not part:
                return written
            written += part
            stream.feed(part)
        if end is None and until and until in "\n".join(screen.display):
            end = time.monotonic() + SETTLES
        if end and time.monotonic() > end:
            return written
    raise SystemExit(f"no end in {DEADLINE} s:\n" + "\n".join(screen.display).rstrip())


main()
