#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Plants many faults at once: usage: at_once.py SOURCE TREE DIFF...

Writes the model of SOURCE (its folder model/) below TREE, with every fault in it. Each DIFF changes the body of one
function; the function gets a copy of its body for each, which runs where that fault is chosen: by the environment's
SPB_FAULT=NAME, or by `planted_fault` of model/words/planted.h, which is written too. Prints a line for each fault, its name
and its number; of what cannot be planted in this way (a table, a constructor's list of members) the name alone. A file that
would be the same is not written.
"""
import collections
import pathlib
import re
import sys

HEADER = """// SPDX-License-Identifier: GPL-2.0-only
// Made by faults/at_once.py: the faults that are planted in this copy of the model.
#pragma once

#include <span>
#include <string_view>

namespace spb {

/// What the environment's SPB_FAULT names, 0 for none.
int fault_from_environment();

/// The number of the one that runs. What fills a table runs when the program starts.
inline int planted_fault = fault_from_environment();

/// By number, from 1; empty where it could not be planted here.
std::span<const std::string_view> planted_faults();

}  // namespace spb
"""

SOURCE = """// SPDX-License-Identifier: GPL-2.0-only
// Made by faults/at_once.py.
#include "model/words/planted.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace spb {

namespace {

constexpr std::array<std::string_view, COUNT> names{NAMES};

}  // namespace

/// A mistake in the name must not pass for a model without a fault.
int fault_from_environment() {
  const char* name = std::getenv("SPB_FAULT");
  if (name == nullptr || *name == 0) return 0;
  const auto it = std::find(names.begin(), names.end(), name);
  if (it != names.end()) return static_cast<int>(it - names.begin()) + 1;
  std::fprintf(stderr, "SPB_FAULT: found '%s', expected a fault that is planted here\\n", name);
  std::_Exit(2);
}

std::span<const std::string_view> planted_faults() { return names; }

}  // namespace spb
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


def place_of(lines, wanted, near):
    """Where these lines stand, as close to `near` as there is such a place."""
    fits = [at for at in range(len(lines) - len(wanted) + 1) if lines[at:at + len(wanted)] == wanted]
    if not fits:
        raise ValueError(f"no place for {''.join(wanted)!r}")
    return min(fits, key=lambda at: abs(at - near))


def changed(text, hunks):
    """The text with the hunks applied, each where it fits."""
    lines, result, at, moved = text.splitlines(keepends=True), [], 0, 0
    for first, marked in hunks:
        before = [line[1:] for line in marked if line[0] != "+"]
        place = place_of(lines, before, first - 1 + moved)
        moved = place - (first - 1)
        result += lines[at:place] + [line[1:] for line in marked if line[0] != "-"]
        at = place + len(before)
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


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def find_places(source, diffs):
    """By file and body, the number of each fault and the body that it makes; and the names, by number."""
    by_file, names = collections.defaultdict(lambda: collections.defaultdict(list)), []
    for number, path in enumerate(diffs, 1):
        name, hunks = read_diff(path)
        place = None
        if name is not None:
            text = (source / name).read_text()
            try:
                place = confined(text, changed(text, hunks))
            except ValueError as error:
                sys.exit(f"{path}: {error} in {name}, expected a diff of the model as it is")
        if place is not None:
            by_file[name][place[0]].append((number, place[1]))
        names.append("" if place is None else path.stem)
        print(path.stem, number if place is not None else "")
    return by_file, names


def main():
    source, tree = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    by_file, names = find_places(source, [pathlib.Path(one) for one in sys.argv[3:]])
    for path in sorted((source / "model").rglob("*.*")):
        name = str(path.relative_to(source))
        # A function that takes in all that it calls would do so with every copy.
        text = plant(path.read_text(), by_file.get(name, {})).replace("[[gnu::flatten]] ", "")
        if name == "model/words/types.h":
            text = text.replace("#pragma once\n", '#pragma once\n\n#include "model/words/planted.h"\n', 1)
        if name.endswith(".h"):
            # What a fault leaves unused is no warning.
            text = text.replace("#pragma once\n", "#pragma once\n#pragma GCC system_header\n", 1)
        write(tree / name, text)
    listed = ", ".join(f'"{name}"' for name in names)
    write(tree / "model/words/planted.h", HEADER)
    write(tree / "model/words/planted.cpp", SOURCE.replace("COUNT", str(len(names))).replace("NAMES", listed))


main()
