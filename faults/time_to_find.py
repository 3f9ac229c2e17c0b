#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""usage: time_to_find.py measure FOLDER SECONDS TRIALS JOBS ENGINE,... START,... FAULT...
       time_to_find.py report FOLDER DOCUMENT PLOT

measure: lets each engine hunt each fault, TRIALS times with the seeds 1, 2, ..., for SECONDS of processor time at most, and
adds a line to FOLDER/results.csv for each. What stands there already is not run again, so it can be interrupted.
report: makes a document of tables and a plot of it, for all commands of FOLDER/commands. ci/time-to-find builds what is
measured."""

import collections
import concurrent.futures
import csv
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

FIELDS = ["fault", "engine", "start", "seed", "seconds", "found", "budget"]
Run = collections.namedtuple("Run", FIELDS)


# ---- how each engine is called

def simulate(places, seed, start, *more):
    origins = sorted(places["texts"].glob("*.txt")) if start == "corpus" else []
    return [places["spbcheck"], "simulate", "--seed", str(seed), "--jobs", "1", "--until-finding", "--readings",
            "all", "--seconds", str(places["wall"]), "--to", places["work"] / "findings", *more, *(f"--from={one}" for one in origins)], {}


def libfuzzer(places, seed, start, **environment):
    corpus = places["work"] / "corpus"
    corpus.mkdir()
    seeds = [places["bytes"]] if start == "corpus" else []
    return [places["fuzzer"], f"-seed={seed}", "-max_len=4096", f"-max_total_time={places['wall']}", "-timeout=60",
            f"-artifact_prefix={places['work']}/", corpus, *seeds], environment


def afl(places, seed, start):
    seeds = places["bytes"]
    if start == "nothing":
        seeds = places["work"] / "seeds"
        seeds.mkdir()
        (seeds / "empty").write_bytes(bytes(64))
    return ["afl-fuzz", "-i", seeds, "-o", places["work"] / "afl", "-s", str(seed), "-G", "4096", "-t", "5000",
            "-V", str(places["wall"]), "--", places["afl"]], {
                "AFL_CUSTOM_MUTATOR_LIBRARY": str(places["mutator"]), "AFL_BENCH_UNTIL_CRASH": "1"}


def verdict_on_a_change(places, seed, _start):
    """What ci/campaign --mode pr does once it has built: the repository's programs, a comparison with the build of before,
    and a walk from those programs."""
    head = places["work"] / "spbcheck"
    head.write_text(f"#!/bin/sh\nexec {places['spbcheck']} \"$@\"\n")
    head.chmod(0o755)
    rows = places["folder"] / "rows" / places["fault"]
    rows = rows.read_text().split() if rows.exists() else []
    walk, _ = simulate(places, seed, "corpus", *(f"--towards={row}" for row in rows))
    # By their own paths, whose folders say what is to come of them.
    kept = [one for folder in ("corpus", "tests/scenarios") for one in sorted(Path(folder).rglob("*.txt"))
            if "faults" not in one.parts]
    return ["sh", "-c", f"""{head} run --quiet {' '.join(map(str, kept))} || exit
        {head} diff --programs 2000 --classes 1 {places['sound']} {head} {places['texts']} || exit
        exec {' '.join(str(part) for part in walk)}"""], {}


def rapidcheck(places, seed, _start):
    return [places["properties"], "--gtest_filter=EveryProgram.HoldsEvery*"], {
        "RC_PARAMS": f"seed={seed} max_success=1000000000 noshrink=1"}


ENGINES = {
    "uniform": lambda places, seed, start: simulate(places, seed, start, "--uniform"),
    "simulate": simulate,
    "libfuzzer-bytes": lambda places, seed, start: libfuzzer(places, seed, start, SPB_MUTATOR="bytes"),
    "libfuzzer": libfuzzer,
    "afl": afl,
    "rapidcheck": rapidcheck,
    "verdict": verdict_on_a_change,
}
# These have no corpus to begin with, or always the same.
FROM_NOTHING_ALONE = ("uniform", "rapidcheck", "verdict")


# ---- measure

def limit_processor(seconds):
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 1))
    os.setsid()


def has_found(engine, work, status):
    if engine == "afl":
        return any((work / "afl" / "default" / "crashes").glob("id*"))
    # Without processor time left it has not found it; any other end but a good one is a finding, a crash of the model too.
    return status not in (0, -signal.SIGXCPU, -signal.SIGKILL)


def hunt(places, fault, engine, start, seed, seconds):
    work = places["folder"] / "work" / f"{fault}-{engine}-{start}-{seed}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    command, environment = ENGINES[engine]({**places, "work": work, "fault": fault}, seed, start)
    with open(work / "log", "wb") as log:
        child = subprocess.Popen([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT,
                                 stdin=subprocess.DEVNULL, env={**os.environ, **environment, "SPB_FAULT": fault, "SPB_READINGS": "all"},
                                 preexec_fn=lambda: limit_processor(seconds))
        timer = threading.Timer(places["wall"] + 30, lambda: os.killpg(child.pid, signal.SIGKILL))
        timer.start()
        _, status, usage = os.wait4(child.pid, 0)
        timer.cancel()
    status = os.waitstatus_to_exitcode(status)
    if status in (2, 126, 127) and engine != "rapidcheck":
        sys.exit(f"{' '.join(map(str, command))}: {(work / 'log').read_text(errors='replace')[-2000:]}")
    used = usage.ru_utime + usage.ru_stime
    found = has_found(engine, work, status) and used <= seconds
    shutil.rmtree(work)
    return Run(fault, engine, start, seed, round(min(used, seconds), 4), int(found), seconds)


def read(folder):
    path = folder / "results.csv"
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return [Run(row["fault"], row["engine"], row["start"], int(row["seed"]), float(row["seconds"]), int(row["found"]),
                    float(row["budget"])) for row in csv.DictReader(file) if row["budget"]]


def measure(folder, seconds, trials, jobs, engines, starts, faults):
    build = Path(os.environ.get("SPB_BUILD_FOLDER", "build")).absolute()
    folder = Path(folder).absolute()
    places = {
        "folder": folder, "seconds": seconds, "wall": math.ceil(seconds * 4),
        "spbcheck": build / "faulty/bin/spbcheck", "sound": build / "release/bin/spbcheck",
        "properties": build / "faulty/bin/spb_properties",
        "fuzzer": build / "fuzz/bin/program_fuzzer_faulty", "afl": build / "afl/bin/program_fuzzer_faulty",
        "mutator": build / "fuzz/lib/afl_mutator.so", "texts": folder / "texts", "bytes": folder / "bytes"}
    done = {run[:4] for run in read(folder)}
    # Trial by trial, so that whatever is there when it is interrupted is of all engines and faults.
    wanted = [(fault, engine, start, seed) for seed in range(1, trials + 1) for fault in faults for engine in engines
              for start in (["nothing"] if engine in FROM_NOTHING_ALONE else starts)]
    wanted = [one for one in wanted if one not in done]
    path = folder / "results.csv"
    if not path.exists():
        path.write_text(",".join(FIELDS) + "\n")
    with open(path, "a", buffering=1) as out, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        began = time.monotonic()
        hunts = [pool.submit(hunt, places, *one, seconds) for one in wanted]
        for number, done_one in enumerate(concurrent.futures.as_completed(hunts), 1):
            if done_one.exception():
                pool.shutdown(cancel_futures=True)
            run = done_one.result()
            out.write(",".join(map(str, run)) + "\n")
            said = f"in {run.seconds} s" if run.found else f"not in {run.budget:g} s"
            print(f"{number}/{len(wanted)} after {time.monotonic() - began:.0f} s: {run.engine} from {run.start}, "
                  f"{run.fault}: {said}", flush=True)


# ---- statistics

def kaplan_meier(runs):
    """(seconds, share not found, its variance by Greenwood) at each time of a find."""
    steps, share, total = [], 1.0, 0.0
    left = len(runs)
    for seconds, same in sorted(by(runs, lambda run: run.seconds).items()):
        found = sum(run.found for run in same)
        if found:
            share *= 1 - found / left
            total += found / (left * (left - found)) if left > found else math.inf
            steps.append((seconds, share, share * share * total if share > 0 else 0.0))
        left -= len(same)
    return steps


def by(items, key):
    groups = collections.defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def median(runs):
    """The first time by which half of them are found, with the times at which the 95 % interval of the share crosses half;
    None for what does not come within the budget."""
    def first(crosses):
        return next((seconds for seconds, share, variance in kaplan_meier(runs) if crosses(share, math.sqrt(variance))), None)
    return (first(lambda share, _: share <= 0.5), first(lambda share, error: share - 1.96 * error <= 0.5),
            first(lambda share, error: share + 1.96 * error <= 0.5))


def found_by(runs, seconds):
    return sum(run.found and run.seconds <= seconds for run in runs) / len(runs)


def told(seconds, budget):
    return f"> {budget:g}" if seconds is None else f"{seconds:.3f}" if seconds < 0.1 else f"{seconds:.2f}"


# ---- report

def name_of(engine, start):
    return engine if start == "nothing" else f"{engine}, from the corpus"


def budget_of(runs):
    return min(run.budget for run in runs)


def table_of_engines(runs):
    yield "| engine | faults | runs | of, s | found | by 1 s | by 10 s | by 60 s | median, s | 95 % interval |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    groups = by(runs, lambda run: (run.start, run.engine))
    for (start, engine), own in sorted(groups.items(), key=lambda item: (item[0][0] == "corpus", -found_by(item[1], 10))):
        budget = budget_of(own)
        middle, low, high = median(own)
        shares = " | ".join(f"{found_by(own, at):.1%}" if at <= budget else "not run" for at in (1, 10, 60))
        yield (f"| {name_of(engine, start)} | {len({run.fault for run in own})} | {len(own)} | {budget:g} | "
               f"{sum(run.found for run in own)} | {shares} | {told(middle, budget)} | {told(low, budget)} to {told(high, budget)} |")


def best_medians(runs):
    """fault -> the least median of any engine, None where none has one."""
    best = {}
    for (fault, _, _), own in by(runs, lambda run: (run.fault, run.engine, run.start)).items():
        middle = median(own)[0]
        if fault not in best or (middle is not None and (best[fault] is None or middle < best[fault])):
            best[fault] = middle
    return best


def goals(runs, budget):
    faults = by(runs, lambda run: run.fault)
    found = [fault for fault, own in faults.items() if any(run.found for run in own)]
    missed = sorted(set(faults) - set(found))
    yield from verdict(f"every fault is found by some engine within 60 s: {len(found)} of {len(faults)} within {budget:g} s",
                       not missed, f"not found: {', '.join(missed)}" if missed else "")
    best = best_medians(runs)
    quick = sum(middle is not None and middle < 5 for middle in best.values())
    yield from verdict(f"95 % of the faults have a median under 5 s with their best engine: {quick} of {len(best)}, "
                       f"{quick / len(best):.1%}", quick >= 0.95 * len(best))
    hunts = by([run for run in runs if run.start == "nothing"], lambda run: run.engine)
    plain_hunts = hunts.pop("libfuzzer-bytes", [])
    # Of the faults that plain libFuzzer hunted, and by the engines that hunted all of them.
    common = {run.fault for run in plain_hunts}
    middles = {engine: middle_fault([run for run in own if run.fault in common]) for engine, own in hunts.items()
               if common and common <= {run.fault for run in own}}
    least = min(middles, key=lambda engine: order_of(middles[engine]), default=None)
    if least is None:
        yield "- The best engine is ten times as fast as plain libFuzzer on the median fault: **not measured**."
        return
    plain = middle_fault(plain_hunts)
    times = order_of(plain) / order_of(middles[least])
    yield from verdict(f"the best engine, {least}, is ten times as fast as plain libFuzzer on the median of {len(common)} faults: "
                       f"{told(middles[least], budget)} s to {told(plain, budget)} s, {times:.1f} times", times >= 10)


def order_of(seconds):
    return math.inf if seconds is None else seconds


def middle_fault(runs):
    medians = sorted(order_of(median(own)[0]) for own in by(runs, lambda run: run.fault).values())
    middle = medians[len(medians) // 2]
    return None if math.isinf(middle) else middle


def verdict(sentence, is_met, more=""):
    yield f"- {sentence[0].upper()}{sentence[1:]}. **{'Met' if is_met else 'Missed'}.**{' ' + more if more else ''}"


def table_of_faults(runs):
    columns = sorted({(run.start == "corpus", run.start, list(ENGINES).index(run.engine), run.engine) for run in runs})
    yield "| fault | " + " | ".join(name_of(engine, start) for _, start, _, engine in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    groups = by(runs, lambda run: (run.fault, run.start, run.engine))
    for fault in sorted({run.fault for run in runs}):
        cells = [groups.get((fault, start, engine)) for _, start, _, engine in columns]
        yield f"| {fault} | " + " | ".join(told(median(own)[0], budget_of(own)) if own else "" for own in cells) + " |"


def report(folder, document, plot):
    runs = read(Path(folder))
    if not runs:
        sys.exit(f"{folder}/results.csv: found no runs, expected those of ci/time-to-find")
    budget = max(run.budget for run in runs)
    commands = dict.fromkeys((Path(folder) / "commands").read_text().splitlines())
    lines = [
        "# Time to find", "",
        "Made by `ci/time-to-find`; do not edit. How much processor time each engine needs until it finds a planted fault of",
        "[the ground truth](ground-truth.md). The faults are planted in one model and chosen by `SPB_FAULT`; a run ends at its",
        "first finding, whatever it is, or when its processor time is used up. Seeds are the numbers of the trials, from 1 on.", "",
        *(f"    {command}" for command in commands), "",
        f"{len(runs)} runs over {len({run.fault for run in runs})} faults. A median is Kaplan and Meier's, its interval by",
        "Greenwood's variance; `>` is a run that did not find it. `libfuzzer-bytes` is libFuzzer with its own mutations of",
        "bytes, `libfuzzer` the target's of operations, `uniform` draws every operation alike (`spbcheck simulate --uniform`),",
        "`verdict` is what `ci/campaign --mode pr` does once it has built.",
        "Every reading runs (clean, posted and others), since a fix taken out shows in a clean one alone. From the corpus",
        "leaves out corpus/faults, the faults' own witnesses.", "",
        f"![share of runs that found their fault, over processor time]({Path(plot).name})", "",
        "## Engines", "", *table_of_engines(runs), "", "## Goals", "", *goals(runs, budget), "",
        "## Faults, median seconds", "", *table_of_faults(runs), ""]
    write(document, "\n".join(lines))
    write(plot, drawing(runs, budget))


def write(path, text):
    part = Path(f"{path}.part")
    part.write_text(text)
    part.replace(path)


# ---- plot

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 420, 64, 232, 40, 52
COLOURS = {"uniform": "#888888", "simulate": "#d55e00", "libfuzzer-bytes": "#56b4e9", "libfuzzer": "#0072b2",
           "afl": "#009e73", "rapidcheck": "#cc79a7", "verdict": "#e69f00"}
LEAST = 0.01


def drawing(runs, budget):
    def x(seconds):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(max(seconds, LEAST) / LEAST) / math.log(budget / LEAST)

    def y(share):
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" '
             'role="img">', "<title>Share of runs that found their fault, over processor time, by engine</title>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
             f'<text x="{LEFT}" y="22" font-size="14">Share of runs that found their fault</text>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<path d="M{LEFT} {y(share):.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>'
                     f'<text x="{LEFT - 8}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    for seconds in (0.01, 0.1, 1, 10, 60):
        if seconds <= budget:
            parts.append(f'<path d="M{x(seconds):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#dddddd"/>'
                         f'<text x="{x(seconds):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{seconds:g}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">processor time, seconds '
                 "(logarithmic)</text>")
    groups = sorted(by(runs, lambda run: (run.start, run.engine)).items(), key=lambda item: -found_by(item[1], 10))
    for at, ((start, engine), own) in enumerate(groups):
        dashes = ' stroke-dasharray="5 3"' if start == "corpus" else ""
        path = [f"M{x(LEAST):.1f} {y(found_by(own, LEAST)):.1f}"]
        for seconds in sorted({run.seconds for run in own if run.found and run.seconds > LEAST}):
            path.append(f"H{x(seconds):.1f}V{y(found_by(own, seconds)):.1f}")
        path.append(f"H{x(budget_of(own)):.1f}")
        line = f'stroke="{COLOURS[engine]}" stroke-width="2" fill="none"{dashes}'
        key = TOP + 10 + 18 * at
        parts.append(f'<path d="{"".join(path)}" {line}/>'
                     f'<path d="M{WIDTH - RIGHT + 10} {key}h22" {line}/>'
                     f'<text x="{WIDTH - RIGHT + 38}" y="{key + 4}">{name_of(engine, start)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main(arguments):
    match arguments:
        case ["measure", folder, seconds, trials, jobs, engines, starts, *faults] if faults:
            measure(folder, float(seconds), int(trials), int(jobs), engines.split(","), starts.split(","), faults)
        case ["report", folder, document, plot]:
            report(folder, document, plot)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
