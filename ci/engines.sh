# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How each engine is built, run and asked for its findings: shared by ci/campaign and ci/canaries. Sourced after lib.sh.
#
# Every engine leaves programs behind it: libFuzzer and AFL++ as bytes that `spbcheck file` minimizes and files,
# RapidCheck as texts that it files itself (SPB_FINDINGS). A campaign's folder has corpus/, which libFuzzer and AFL++
# exchange, artifacts/ (what an engine stopped at) and afl/ (AFL++'s own).

engines=(libfuzzer afl rapidcheck)

# Programs up to this size: a header and 250 operations.
program_bytes_max=4096

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

# run_libfuzzer PROGRAM SECONDS FOLDER [OPTION...]: until the time is up, or the first finding.
run_libfuzzer() {
  local program=$1 seconds=$2 folder=$3
  shift 3
  mkdir -p -- "$folder/corpus" "$folder/artifacts"
  # libFuzzer ends with a failure at a finding, which is counted by its artifact.
  "$program" -max_total_time="$seconds" -max_len="$program_bytes_max" -print_final_stats=1 \
    -artifact_prefix="$folder/artifacts/" "$@" "$folder/corpus" || echo "libFuzzer's exit status: $?"
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
  AFL_CUSTOM_MUTATOR_LIBRARY=$PWD/build/fuzz/lib/afl_mutator.so \
    afl-fuzz "$role" "$name" -i "$folder/corpus" -o "$folder/afl" -G "$program_bytes_max" -V "$seconds" \
    -t 5000 -- "$program" 2>&1 </dev/null | sed -u 's/\x1b\[[0-9;?]*[a-zA-Z]//g'
}

# run_afl PROGRAM SECONDS FOLDER: main and secondary, on the corpus; what they queue is exchanged afterwards.
run_afl() {
  local program=$1 seconds=$2 folder=$3 main secondary status=0
  seed_corpus "$folder/corpus"
  rm -rf -- "$folder/afl"
  mkdir -p -- "$folder/afl" "$folder/artifacts"
  afl_instance -M main "$program" "$seconds" "$folder" | tee -- "$folder/afl-main.log" &
  main=$!
  afl_instance -S secondary "$program" "$seconds" "$folder" >"$folder/afl-secondary.log" &
  secondary=$!
  wait "$main" || status=$?
  wait "$secondary" || status=$?
  if ! [[ -s $folder/afl/main/fuzzer_stats ]]; then
    echo "afl-fuzz did not start, its exit status is $status"
    return 1
  fi
  keep_by_content "$folder/artifacts" crash "$folder"/afl/*/crashes/id* "$folder"/afl/*/hangs/id*
  afl_figures "$folder"
}

# keep_by_content FOLDER PREFIX FILE...: copies each file that is there under a name made of its content.
keep_by_content() {
  local folder=$1 prefix=$2 file
  shift 2
  for file in "$@"; do
    if [[ -f $file ]]; then
      cp -- "$file" "$folder/$prefix-$(sha1sum <"$file" | cut -c 1-16)"
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

# exchange PROGRAM FOLDER: of itself and of what AFL++ queued, the corpus keeps what libFuzzer finds new.
exchange() {
  local program=$1 folder=$2
  mkdir -p -- "$folder/merged"
  "$program" -merge=1 -max_len="$program_bytes_max" "$folder/merged" "$folder/corpus" "$folder"/afl/*/queue
  rm -rf -- "$folder/before"
  mv -- "$folder/corpus" "$folder/before"
  mv -- "$folder/merged" "$folder/corpus"
  rm -rf -- "$folder/before"
}

# run_rapidcheck PROGRAM SECONDS FINDINGS: with one seed after the other until the time is up, or the first finding.
run_rapidcheck() {
  local program=$1 seconds=$2 findings=$3 seed=0 end
  end=$((SECONDS + seconds))
  while ((SECONDS < end)); do
    seed=$((seed + 1))
    echo "RC_PARAMS='seed=$seed max_success=1000'"
    if ! SPB_FINDINGS=$findings RC_PARAMS="seed=$seed max_success=1000" \
      "$program" --gtest_filter="${properties:-*}"; then
      echo "RapidCheck found something with seed $seed"
      break
    fi
  done
  echo "stat::seeds: $seed"
}

# file_artifacts SPBCHECK ARTIFACTS FINDINGS: minimizes and files each; one that holds stays where it is, and is told.
file_artifacts() {
  local spbcheck=$1 artifacts=$2 findings=$3 status=0
  local files=()
  mapfile -t files < <(find "$artifacts" -type f 2>/dev/null | sort)
  if ((${#files[@]} > 0)); then
    "$spbcheck" file --as bytes --to "$findings" "${files[@]}" || status=$?
  fi
  # 1 says that there was a finding.
  ((status <= 1))
}

# choose_engines NAME: sets chosen_engines to the one, or to all of them.
choose_engines() {
  case $1 in
    all) chosen_engines=("${engines[@]}") ;;
    libfuzzer | afl | rapidcheck) chosen_engines=("$1") ;;
    *) refuse "--engine takes libfuzzer, afl, rapidcheck or all, found '$1'" ;;
  esac
}
