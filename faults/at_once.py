#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plants many faults at once: usage: at_once.py TREE DIFF...

Each DIFF changes the body of one function below TREE. The function gets a copy of its body for each, which runs where the
environment's SPB_FAULT_NUMBER says so. Prints a line for each fault, its name and its number; of what cannot be planted
in this way (a table, a constructor's list of members) the name alone, for ci/faults to build by itself.
"""
import collections
import pathlib
import re
import sys

SWITCH = """
inline const int planted_fault = [] {
  const char* number = std::getenv("SPB_FAULT_NUMBER");
  return number ? std::atoi(number) : 0;
}();
"""


def read_diff(path):
    """The file that a diff changes, and its hunks: first line, and the lines with their marks."""
    name, hunks = None, []
    for line in path.read_text().splitlines(keepends=True):
        if line.startswith("+++ b/"):
            if name is not None:
                return None, []
            name = line[6:].split()[0]
        elif line.startswith("@@"):
            hunks.append((int(re.match(r"@@ -(\d+)", line).group(1)), []))
        elif hunks:
            hunks[-1][1].append(line)
    return name, hunks


def changed(text, hunks):
    """The text with the hunks applied; they have to fit where they say."""
    lines, result, at = text.splitlines(keepends=True), [], 0
    for first, marked in hunks:
        result += lines[at:first - 1]
        at = first - 1
        for line in marked:
            if line[0] == "+":
                result.append(line[1:])
                continue
            if lines[at] != line[1:]:
                raise ValueError(f"line {at + 1} is not {line[1:]!r}")
            if line[0] == " ":
                result.append(lines[at])
            at += 1
    return "".join(result + lines[at:])


def skip_quoted(text, at):
    """The place behind a comment or a literal that begins here, or the same place."""
    if text.startswith("//", at):
        return text.find("\n", at)
    quote = text[at]
    if quote == '"' or (quote == "'" and not text[at - 1].isalnum()):
        at += 1
        while text[at] != quote:
            at += 2 if text[at] == "\\" else 1
        return at + 1
    return at


def opens_function(head):
    """Whether the brace behind this text is a function's; a namespace, record or initializer has another."""
    return re.search(r"\)\s*(const)?\s*(override)?\s*$", head) is not None


def opens_scope(head):
    return re.search(r"\b(namespace|struct|class|enum)\b", head) is not None and not opens_function(head)


def body_around(text, place):
    """Where the outermost function's body that holds this place begins and ends, its braces; None outside of any."""
    open_braces, at = [], 0
    while at < len(text):
        behind = skip_quoted(text, at)
        if behind != at:
            at = behind
            continue
        if text[at] == "{":
            before = max(text.rfind(mark, 0, at) for mark in ";{}")
            head = re.sub(r"//.*", "", text[before + 1:at])
            kind = "function" if opens_function(head) else "scope" if opens_scope(head) else "other"
            open_braces.append((at, kind))
        elif text[at] == "}":
            begin, kind = open_braces.pop()
            if begin < place < at and kind == "function" and all(k == "scope" for _, k in open_braces):
                return begin, at
        at += 1
    return None


def confined(text, faulty):
    """The body that alone differs, and what it is with the fault; None where more does."""
    place = next(i for i, (a, b) in enumerate(zip(text, faulty)) if a != b)
    body = body_around(text, place)
    if body is None:
        return None
    begin, end = body
    tail = text[end:]
    if not faulty.endswith(tail):
        return None
    return body, faulty[begin + 1:len(faulty) - len(tail)]


def plant(text, bodies):
    """The text with a copy of each body for each fault; the last ones first, so that places stay right."""
    for (begin, end), faults in sorted(bodies.items(), reverse=True):
        copies = "".join(f"\n  if (planted_fault == {number}) {{{body}}} else" for number, body in faults)
        # What a function computes at compile time it cannot choose at run time.
        head = max(0, *(text.rfind(mark, 0, begin) for mark in ";}"))
        signature = text[head:begin].replace("constexpr ", "inline ") if text[:begin].count("constexpr ") else text[head:begin]
        text = text[:head] + signature + "{" + copies + " {" + text[begin + 1:end] + "}\n" + text[end:]
    return text


def main():
    tree = pathlib.Path(sys.argv[1])
    by_file = collections.defaultdict(lambda: collections.defaultdict(list))
    for number, path in enumerate(map(pathlib.Path, sys.argv[2:]), 1):
        name, hunks = read_diff(path)
        place = None
        if name is not None:
            text = (tree / name).read_text()
            place = confined(text, changed(text, hunks))
        if place is None:
            print(path.stem)
            continue
        by_file[name][place[0]].append((number, place[1]))
        print(path.stem, number)
    for name, bodies in by_file.items():
        (tree / name).write_text(plant((tree / name).read_text(), bodies))
    types = tree / "model/words/types.h"
    text = types.read_text().replace("#include <cstdint>\n", "#include <cstdint>\n#include <cstdlib>\n", 1)
    types.write_text(text.replace("namespace spb {\n", "namespace spb {\n" + SWITCH, 1))


main()
