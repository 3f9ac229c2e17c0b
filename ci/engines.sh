# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How each engine is built, run and asked for its findings: shared by ci/campaign and ci/canaries. Sourced after lib.sh.
#
# Every engine leaves programs behind it: libFuzzer and AFL++ as bytes that `spbcheck file` minimizes and files,
# RapidCheck as texts that it files itself (SPB_FINDINGS). The folder that they are given has corpus/, which libFuzzer
# and AFL++ exchange, artifacts/ (what an engine kept or stopped at) and afl/ (AFL++'s own).
#
# A campaign goes on past findings: with SPB_KEEP the target keeps them in artifacts/ itself. What still ends libFuzzer is
# a crash, a hang or a lack of memory, and it begins again with the time that is left. ci/canaries wants the first finding
# alone. Paths are relative, without a blank: libFuzzer makes a command line of them for the processes that merge.

engines=(libfuzzer afl rapidcheck simulate)

# Programs up to this size: a header and 250 operations.
program_bytes_max=4096

# What reaches most cells a second (docs/fuzzing.md): no entropic schedule, and a feature for each edge and cell, not for
# each number of times.
libfuzzer_options=(-entropic=0 -use_counters=0)

# AFL++ in a container: no look at the processor's governor or the kernel's core pattern, no screen, no pinning.
export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_QUIET=1
export AFL_SKIP_CRASHES=1 AFL_NO_STARTUP_CALIBRATION=1 AFL_FORKSRV_INIT_TMOUT=10000

# build_libfuzzer TARGET..., build_afl TARGET...: their own trees, for each has a compiler of its own. The mutator that
# afl-fuzz loads is compiled by libFuzzer's.
build_libfuzzer() {
  cmake --preset fuzz
  cmake --build --preset fuzz --parallel "$jobs" --target "$@"
}

build_afl() {
  build_libfuzzer afl_mutator
  cmake --preset afl
  cmake --build --preset afl --parallel "$jobs" --target "$@"
}

# build_faulty: the program and the properties with planted faults.
build_faulty() {
  cmake --preset faulty
  cmake --build --preset faulty --parallel "$jobs" --target spbcheck spb_properties
}

# run_libfuzzer PROGRAM SECONDS FOLDER [OPTION...]: until the time is up, or something ends it: libfuzzer_status says.
run_libfuzzer() {
  local program=$1 seconds=$2 folder=$3
  shift 3
  mkdir -p -- "$folder/corpus" "$folder/artifacts"
  libfuzzer_status=0
  "$program" -max_total_time="$seconds" -max_len="$program_bytes_max" -timeout=60 -print_final_stats=1 \
    "${libfuzzer_options[@]}" -artifact_prefix="$folder/artifacts/" "$@" "$folder/corpus" || libfuzzer_status=$?
  if ((libfuzzer_status != 0)); then
    echo "libFuzzer's exit status: $libfuzzer_status"
  fi
}

# campaign_libfuzzer PROGRAM SECONDS FOLDER: goes on past findings, and past what ends the process. The target says with
# status 2 that it cannot keep what it finds; three ends in a row that leave nothing to look at are trouble too.
campaign_libfuzzer() {
  local program=$1 folder=$3 end=$((SECONDS + $2)) ends=0
  export SPB_KEEP=$folder/artifacts
  while ((SECONDS < end)); do
    touch -- "$folder/begun"
    run_libfuzzer "$program" $((end - SECONDS)) "$folder"
    case $libfuzzer_status in
      0) return 0 ;;
      2) return 2 ;;
    esac
    if take_out_of_corpus "$folder"; then ends=0; else ends=$((ends + 1)); fi
    if ((ends == 3)); then return 2; fi
  done
  # The time is up, and it has ended for a reason each time.
  ((ends == 0)) || return 2
}

# take_out_of_corpus FOLDER: what ended libFuzzer just now, or it would do so again at once. Fails where nothing did.
take_out_of_corpus() {
  local artifact sum any=1
  while IFS= read -r -d '' artifact; do
    sum=$(sha1sum <"$artifact" | cut -d ' ' -f 1)
    rm -f -- "$1/corpus/$sum" "$1/corpus/seed-${sum:0:16}"
    any=0
  done < <(find "$1/artifacts" -type f -newer "$1/begun" \( -name 'crash-*' -o -name 'timeout-*' -o -name 'oom-*' \) -print0)
  return "$any"
}

# seed_corpus FOLDER: AFL++ needs a program to begin with; no bytes but zeroes are a small zone without operations.
seed_corpus() {
  mkdir -p -- "$1"
  if [[ -z $(find "$1" -type f -print -quit) ]]; then
    head -c 64 /dev/zero >"$1/empty"
  fi
}

# afl_instance ROLE PROGRAM SECONDS FOLDER: one afl-fuzz; ROLE is -M main or -S secondary. Its output is without colours.
afl_instance() {
  local role=$1 name=$2 program=$3 seconds=$4 folder=$5
  AFL_CUSTOM_MUTATOR_LIBRARY=$build/fuzz/lib/afl_mutator.so \
    afl-fuzz "$role" "$name" -i "$folder/corpus" -o "$folder/afl" -G "$program_bytes_max" -V "$seconds" \
    -t 5000 -- "$program" 2>&1 </dev/null | sed -u 's/\x1b\[[0-9;?]*[a-zA-Z]//g'
}

# run_afl PROGRAM SECONDS FOLDER: main and secondary, on the corpus. What they leave in afl/ is there until exchange().
# How they ended is afl_status.
run_afl() {
  local program=$1 seconds=$2 folder=$3 main secondary
  afl_status=0
  seed_corpus "$folder/corpus"
  if [[ -d $folder/afl ]]; then
    echo "found $folder/afl, expected that it was merged before"
    return 2
  fi
  mkdir -p -- "$folder/afl" "$folder/artifacts"
  afl_instance -M main "$program" "$seconds" "$folder" | tee -- "$folder/afl-main.log" &
  main=$!
  afl_instance -S secondary "$program" "$seconds" "$folder" >"$folder/afl-secondary.log" &
  secondary=$!
  wait "$main" || afl_status=$?
  wait "$secondary" || afl_status=$?
  if ! [[ -s $folder/afl/main/fuzzer_stats ]]; then
    echo "afl-fuzz did not start, its exit status is $afl_status"
    return 2
  fi
  keep_afl_crashes "$folder"
  afl_figures "$folder"
}

keep_afl_crashes() {
  keep_by_content "$1/artifacts" crash "$1"/afl/*/crashes/id*
  keep_by_content "$1/artifacts" hang "$1"/afl/*/hangs/id*
}

# keep_by_content FOLDER PREFIX FILE...: copies each file that is there under a name made of its content.
keep_by_content() {
  local folder=$1 prefix=$2 file name
  shift 2
  for file in "$@"; do
    if [[ -f $file ]]; then
      name=$folder/$prefix-$(sha1sum <"$file" | cut -c 1-16)
      cp -- "$file" "$folder/.copy"
      mv -- "$folder/.copy" "$name"
    fi
  done
}

# afl_figures FOLDER: what the instances did, in the form of libFuzzer's closing lines.
afl_figures() {
  awk -F ' *: *' '
    $1 == "execs_done" { executions += $2 }
    $1 == "execs_per_sec" { speed += $2 }
    $1 == "corpus_count" && $2 > corpus { corpus = $2 }
    $1 == "edges_found" && $2 > edges { edges = $2 }
    END {
      printf "stat::number_of_executed_units: %d\nstat::average_exec_per_sec: %d\n", executions, speed
      printf "stat::afl_corpus: %d\nstat::afl_edges: %d\n", corpus, edges
    }' "$1"/afl/*/fuzzer_stats
}

# exchange PROGRAM FOLDER: the corpus gets what libFuzzer finds new in AFL++'s queues, which are gone then. Nothing leaves
# the corpus. libFuzzer may say by a line alone that it failed, so only its closing line counts as an end.
exchange() {
  local program=$1 folder=$2 log=$2/merge.log status=0
  mkdir -p -- "$folder/corpus" "$folder/artifacts"
  rm -f -- "$folder/merge.control"
  SPB_KEEP=$folder/artifacts "$program" -merge=1 "${libfuzzer_options[@]}" -max_len="$program_bytes_max" -timeout=60 \
    -merge_control_file="$folder/merge.control" -artifact_prefix="$folder/artifacts/" \
    "$folder/corpus" "$folder"/afl/*/queue >"$log" 2>&1 || status=$?
  cat -- "$log"
  if ((status != 0)) || ! grep -q '^MERGE-OUTER: [0-9]* new files with' "$log"; then
    echo "the merge did not end well (status $status): $folder/afl stays, the corpus is as it was"
    return 2
  fi
  rm -rf -- "$folder/merge.control" "$folder/afl"
}

# prune_corpus PROGRAM FOLDER: the corpus loses what libFuzzer's coverage does not need. Until the merge has said its closing
# line nothing but a folder of its own is written; from then on that folder has a name that says it is whole, and what
# is left to do can be done again (take_pruned). Programs of every reading count, whichever this campaign runs.
prune_corpus() {
  local program=$1 folder=$2 log=$2/prune.log status=0 before
  before=$(find "$folder/corpus" -type f | wc -l)
  rm -rf -- "$folder/pruned.part" "$folder/prune.control"
  mkdir -p -- "$folder/pruned.part"
  SPB_READINGS=all SPB_KEEP=$folder/artifacts "$program" -merge=1 "${libfuzzer_options[@]}" -max_len="$program_bytes_max" -timeout=60 \
    -merge_control_file="$folder/prune.control" -artifact_prefix="$folder/artifacts/" \
    "$folder/pruned.part" "$folder/corpus" >"$log" 2>&1 || status=$?
  if ((status != 0)) || ! grep -q '^MERGE-OUTER: [0-9]* new files with' "$log"; then
    tail -n 20 -- "$log"
    echo "the merge did not end well (status $status): the corpus is as it was"
    return 2
  fi
  mv -- "$folder/pruned.part" "$folder/pruned"
  take_pruned "$folder"
  rm -f -- "$folder/prune.control"
  echo "corpus pruned from $before programs to $(find "$folder/corpus" -type f | wc -l)"
}

# run_rapidcheck PROGRAM SECONDS FINDINGS UNEXPLAINED: with one seed after the other, behind first_seed, until the time is
# up; seeds_max ends it earlier, where that many failed. What a failing property said stays in UNEXPLAINED where it has filed no program.
run_rapidcheck() {
  local program=$1 seconds=$2 findings=$3 unexplained=$4 seed=${first_seed:-0} failed=0 status end said
  mkdir -p -- "$unexplained"
  said=$unexplained/.rapidcheck
  end=$((SECONDS + seconds))
  while ((SECONDS < end && failed < ${seeds_max:-1000000})); do
    seed=$((seed + 1))
    echo "RC_PARAMS='seed=$seed max_success=1000'"
    status=0
    SPB_FINDINGS=$findings RC_PARAMS="seed=$seed max_success=1000" \
      "$program" --gtest_filter="${properties:-*}" 2>&1 | tee -- "$said" || status=$?
    case $status in
      0) ;;
      # There is no such program here, or it cannot be run.
      126 | 127) return 2 ;;
      *)
        echo "RapidCheck found something with seed $seed (status $status)"
        failed=$((failed + 1))
        keep_rapidcheck "$said" "$unexplained"
        ;;
    esac
  done
  printf 'stat::seeds: %d\nstat::seeds_that_found: %d\n' "$((seed - ${first_seed:-0}))" "$failed"
}

# run_simulate SPBCHECK SECONDS FINDINGS READINGS [OPTION...]: the lives of this commit. Findings are minimized and filed by itself.
run_simulate() {
  local spbcheck=$1 seconds=$2 findings=$3 readings=$4 status=0
  shift 4
  "$spbcheck" simulate --seed "$(git rev-parse HEAD 2>/dev/null || echo 1)" --seconds "$seconds" --to "$findings" \
    --readings "$readings" "$@" || status=$?
  ((status <= 1))
}

# keep_rapidcheck SAID UNEXPLAINED: one file for the same properties.
keep_rapidcheck() {
  local failed
  if ! grep -q '^ *filed as ' "$1"; then
    failed=$(grep -a '^\[  FAILED  \]' "$1" | sed 's/ (.*//' | sort -u | sha1sum | cut -c 1-8)
    mv -- "$1" "$2/rapidcheck-$failed.txt"
  fi
}

# choose_engines NAME: sets chosen_engines to the one, to the usual ones, or to all of them. What is usual is what
# docs/time-to-find.md shows to be best, and libFuzzer, which keeps a corpus.
choose_engines() {
  case $1 in
    all) chosen_engines=("${engines[@]}") ;;
    usual) chosen_engines=(simulate libfuzzer) ;;
    libfuzzer | afl | rapidcheck | simulate) chosen_engines=("$1") ;;
    *) refuse "--engine takes libfuzzer, afl, rapidcheck, simulate, usual or all, found '$1'" ;;
  esac
}
