#!/usr/bin/env python3
"""Finds cycles of imports between the files under src/ and fails on one that is too large.

An import is a path in the code (`use` declarations included) that leads to another file of the crate. Unit tests are left
out. A parent that only declares its children, or re-exports them, does not import them: `mod` and `pub use self::…` lines
do not count.

usage: .ci/cycles.py [--list]
"""

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
# The largest cycle that may stand: in the program, and elsewhere.
IN_PROGRAM = 5
ELSEWHERE = 3


def main():
    modules = {module: file for root, module, file in all_modules()}
    files = sorted(set(modules.values()))
    imports = {file: set() for file in files}
    for module, file in modules.items():
        for target in targets(file, module, modules):
            if target != file:
                imports[file].add(target)
    failed = False
    for cycle in sorted(components(imports), key=len, reverse=True):
        names = sorted(str(file.relative_to(SOURCE.parent)) for file in cycle)
        allowed = IN_PROGRAM if any("/bin/" in name for name in names) else ELSEWHERE
        too_large = len(names) > allowed
        failed |= too_large
        if too_large or "--list" in sys.argv:
            print(f"a cycle of {len(names)} files (at most {allowed}):")
            for file in sorted(cycle):
                within = sorted(str(other.relative_to(SOURCE)) for other in imports[file] & cycle)
                print(f"  {file.relative_to(SOURCE)} -> {', '.join(within)}")
    sys.exit(1 if failed else 0)


def all_modules():
    """Yields each file with its module path, for the library and for the program."""
    program = SOURCE / "bin" / "cimwire"
    for file in sorted(SOURCE.rglob("*.rs")):
        if any(part in ("tests", "tests.rs", "testing.rs") for part in file.parts[-4:]):
            continue
        root, base = ("bin", program) if program in file.parents else ("lib", SOURCE)
        parts = list(file.relative_to(base).with_suffix("").parts)
        if parts[-1] in ("mod", "lib", "main"):
            parts.pop()
        yield root, (root, *parts), file


def targets(file, module, modules):
    """The files that the paths in a file lead to."""
    text = file.read_text()
    text = text.split("#[cfg(test)]\nmod tests {")[0]
    text = re.sub(r"(?m)^\s*//.*$", "", text)
    # Visibilities, re-exports and declarations of children.
    text = re.sub(r"pub\(in [^)]*\)", "pub", text)
    text = re.sub(r"(?ms)^\s*pub(?:\([^)]*\))? use (?:self::)?\w+::.*?;", "", text)
    found = set()
    for path in paths(text):
        target = resolve(path, module, modules)
        if target is not None:
            found.add(target)
    return found


def paths(text):
    """All paths, those in groups of a `use` spelt out."""
    for match in re.finditer(r"\buse\s+([^;]+);", text):
        yield from spread(re.sub(r"\s+", "", match.group(1)))
    rest = re.sub(r"\buse\s+[^;]+;", "", text)
    for match in re.finditer(r"\b(?:crate|super|self)(?:::\w+)+", rest):
        yield match.group(0)


def spread(tree):
    """`a::{b,c::{d}}` has `a::b` and `a::c::d`."""
    if "{" not in tree:
        yield re.sub(r"as\w+$", "", tree) if "as" not in tree.split("::")[-1][:2] else tree
        return
    head, _, rest = tree.partition("{")
    inner, depth, part, parts = rest, 1, "", []
    for character in inner:
        if character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                break
        if character == "," and depth == 1:
            parts.append(part)
            part = ""
        else:
            part += character
    parts.append(part)
    for part in parts:
        if part:
            yield from spread(head + part)


def resolve(path, module, modules):
    """The file of the longest beginning of a path that is a module."""
    root = module[0]
    words = path.split("::")
    if words[0] == "crate":
        place, words = [root], words[1:]
    elif words[0] in ("self", "super"):
        place = list(module)
        if words[0] == "self":
            words = words[1:]
        while words and words[0] == "super":
            place, words = place[:-1], words[1:]
    elif (*module, words[0]) in modules:
        place = list(module)
    else:
        return None
    target = None
    if tuple(place) in modules and len(place) > 1:
        target = modules[tuple(place)]
    for word in words:
        place.append(word)
        if tuple(place) not in modules:
            break
        target = modules[tuple(place)]
    return target


def components(imports):
    """The strongly connected components of more than one file (Tarjan)."""
    index, low, stack, on_stack, found = {}, {}, [], set(), []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for other in imports[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in on_stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = set()
            while True:
                other = stack.pop()
                on_stack.discard(other)
                component.add(other)
                if other == node:
                    break
            if len(component) > 1:
                found.append(component)

    sys.setrecursionlimit(10_000)
    for node in imports:
        if node not in index:
            visit(node)
    return found


main()
