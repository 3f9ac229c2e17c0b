# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of ci/ share. A script sources this file after `set -euo pipefail` and defines usage().
# Exit status of every script: 0 all is well, 1 something failed, 2 usage, or a machine that cannot be set up.

# ---- what must not outlive a script

# Whatever ends a script, kill -9 included, ends all that it started. The script begins once more with a mark in its
# environment, which every process below it inherits; a guard in a session of its own waits for the script's end of a
# pipe to close and kills what bears the mark. Groups and sessions would not do: AFL++'s targets have their own.
# ci/setup takes no mark: half an installation is worse than one that goes on.
if [[ $(basename -- "$0") == setup ]]; then
  if [[ -n ${SPB_GUARD_MARK-} ]]; then
    unset -v "${!SPB_GUARD_@}"
    exec "$BASH" -- "$0" "$@"
  fi
elif [[ ${SPB_GUARD_MARK-} != "SPB_GUARD_$$_"* ]]; then
  export SPB_GUARD_MARK=SPB_GUARD_$$_$RANDOM$RANDOM
  export "$SPB_GUARD_MARK=1"
  exec "$BASH" -- "$0" "$@"
fi

# guard MARK: waits for the end of standard input. What cannot be killed within seconds hangs in the kernel.
# shellcheck disable=SC2016  # the guard's own variables
guard='
  while read -r _; do :; done
  for ((tries = 0; tries < 200; ++tries)); do
    mapfile -t marked < <(grep -lsz "^$1=1\$" /proc/[0-9]*/environ)
    ((${#marked[@]} > 0)) || break
    for one in "${marked[@]}"; do
      one=${one#/proc/}
      kill -KILL "${one%/environ}" 2>/dev/null
    done
    sleep 0.02
  done'
if [[ -n ${SPB_GUARD_MARK-} ]]; then
  exec {guard_pipe}> >(exec env -u "$SPB_GUARD_MARK" setsid "$BASH" -c "$guard" guard "$SPB_GUARD_MARK" >/dev/null 2>&1)
fi

script=ci/$(basename -- "$0")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
build=${SPB_BUILD_FOLDER:-build}
log_folder=${SPB_LOG_FOLDER:-$build/log}

# ---- wrong calls, and machines that cannot do it

# refuse MESSAGE: says what is wrong with the arguments and how to call the script, and ends it.
refuse() {
  printf '%s: %s\n\n' "$script" "$1" >&2
  usage >&2
  exit 2
}

# trouble MESSAGE: the machine's, not a finding.
trouble() {
  printf '%s: %s\n' "$script" "$1" >&2
  exit 2
}

# why_no_room FOLDER: why nothing can be written there; succeeds where it can.
why_no_room() {
  local probe=$1/.probe-$$ status=0
  { head -c 65536 /dev/zero >"$probe"; } 2>&1 || status=1
  rm -f -- "$probe" || status=1
  return "$status"
}

# require_room FOLDER...: each can be written to.
require_room() {
  local folder why
  for folder in "$@"; do
    why=$(why_no_room "$folder") || trouble "found no room in $folder (${why##*: }), expected a folder that can be written to"
  done
}

# require_folder FOLDER...: each is there, or is made, and can be written to.
require_folder() {
  local folder why
  for folder in "$@"; do
    why=$(mkdir -p -- "$folder" 2>&1) || trouble "found no way to make $folder (${why##*: }), expected a folder that can be written to"
  done
  require_room "$@"
}

# no_arguments ARGUMENT...: for scripts whose only option is --help.
no_arguments() {
  case ${1-} in
    '') ;;
    -h | --help) usage; exit 0 ;;
    *) refuse "unknown argument '$1'" ;;
  esac
}

# ---- steps

# steps TOTAL: how many steps this script is going to announce.
steps() {
  step_total=$1
  step_number=0
}

# announce NAME: the heading of the next step.
announce() {
  step_number=$((step_number + 1))
  printf '[%d/%d] %s\n' "$step_number" "$step_total" "$1"
}

# last_line LOG: the last line that is not empty; what ends with a carriage return counts as one.
last_line() {
  tail -n 20 -- "$1" | tr '\r' '\n' | grep -v '^ *$' | tail -n 1
}

# heartbeat LOG: tells every ten seconds how long a step has run and what it printed last.
heartbeat() {
  local seconds=0
  without_guard_pipe
  # The sleep must not hold this script's output open after the script has ended.
  while sleep 1 >/dev/null 2>&1; do
    seconds=$((seconds + 1))
    if ((seconds % 10 == 0)); then
      printf '      %4d s  %s\n' "$seconds" "$(last_line "$1" | cut -c 1-84)"
    fi
  done
}

stop_heartbeat() {
  if [[ -n ${heartbeat_pid-} ]]; then
    kill "$heartbeat_pid" 2>/dev/null || true
    wait "$heartbeat_pid" 2>/dev/null || true
    heartbeat_pid=
  fi
}

# At the end nothing waits: where a signal ended script and heartbeat at once, bash would wait for a child that it has
# reaped already, and the guard for bash.
end_heartbeat() {
  if [[ -n ${heartbeat_pid-} ]]; then kill "$heartbeat_pid" 2>/dev/null || true; fi
}
trap end_heartbeat EXIT

# step NAME COMMAND...: announces and runs one step with its output in a log, whose path is then in step_log.
# A failure shows the end of the log and ends the script with status ${failure_status:-1}, or with 2 where the command
# itself says so or the disk is full. Where status 1 is a finding, not the end (goes_on_after=1), step_status has it.
# Call it as a plain command: behind || or in a condition bash would ignore errors inside COMMAND.
step() {
  local name=$1 start=$SECONDS
  shift
  announce "$name"
  mkdir -p -- "$log_folder"
  step_log=$log_folder/$(basename -- "$script")-$step_number.log
  : >"$step_log"
  heartbeat "$step_log" &
  heartbeat_pid=$!
  set +e
  (without_guard_pipe; set -e; "$@") >"$step_log" 2>&1 </dev/null
  step_status=$?
  set -e
  stop_heartbeat
  if [[ -n ${notes-} ]]; then note step $((SECONDS - start)) "$step_status" "$name"; fi
  if ((step_status != 0)); then
    tell_failure "$name"
    ((step_status == ${goes_on_after:-0})) || exit "$(exit_status_of_step)"
  fi
  printf '      done in %d s\n' $((SECONDS - start))
}

# The guard waits until nobody holds the pipe.
without_guard_pipe() {
  if [[ -n ${guard_pipe-} ]]; then
    exec {guard_pipe}>&-
  fi
}

tell_failure() {
  tail -n 60 -- "$step_log" | sed 's/^/      | /' >&2
  printf '%s: step %d of %d failed (%s), the whole output is in %s\n' \
    "$script" "$step_number" "$step_total" "$1" "$(realpath -- "$step_log")" >&2
}

exit_status_of_step() {
  if ((step_status == 2)) || ! why_no_room "$log_folder" >&2; then
    echo 2
  else
    echo "${failure_status:-1}"
  fi
}

# ---- the release build

# configure_release: configures build/release with $CXX, or g++ where it is not set.
configure_release() {
  local wanted=${CXX:-g++} cache=build/release/CMakeCache.txt cached
  local options=()
  if [[ -f $cache ]]; then
    # CMake keeps the first compiler it was given; another one, or a moved tree, asks for a new cache.
    cached=$(sed -n 's/^CMAKE_CXX_COMPILER:[^=]*=//p' "$cache")
    if ! [[ $cached -ef $(command -v "$wanted") ]] ||
      ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$cache"; then
      options+=(--fresh)
    fi
  fi
  cmake --preset release "${options[@]}" -DCMAKE_CXX_COMPILER="$wanted"
}

# build_release [TARGET...]: configures and builds build/release, everything where no target is named.
build_release() {
  configure_release
  cmake --build --preset release --parallel "$jobs" ${1:+--target "$@"}
}

# ---- the repository's programs

# programs_of_repository: every program that is committed, scenarios included.
programs_of_repository() {
  find corpus tests/scenarios -name '*.txt' -type f | sort
}

# replay_corpus SPBCHECK: every program under every variant, checked in both ways, with what each variant's tables were
# asked.
replay_corpus() {
  local spbcheck=$1
  local variant variants programs status=0
  mapfile -t programs < <(programs_of_repository)
  mapfile -t variants < <("$spbcheck" list variants | sed -n 's/^\([^ ]\{1,\}\) .*/\1/p')
  ((${#variants[@]} > 0)) || return 2
  for variant in "${variants[@]}"; do
    "$spbcheck" run --variant "$variant" --checks both --counts --quiet "${programs[@]}" || status=$?
    ((status <= 1)) || return "$status"
  done
  return "$status"
}
