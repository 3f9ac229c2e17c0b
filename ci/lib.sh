# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of ci/ share. A script sources this file after `set -euo pipefail` and defines usage().
# Exit status of every script: 0 all is well, 1 something failed, 2 usage, or a machine that cannot be set up.

script=ci/$(basename -- "$0")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
log_folder=${SPB_LOG_FOLDER:-build/log}

# refuse MESSAGE: says what is wrong with the arguments and how to call the script, and ends it.
refuse() {
  printf '%s: %s\n\n' "$script" "$1" >&2
  usage >&2
  exit 2
}

# no_arguments ARGUMENT...: for scripts whose only option is --help.
no_arguments() {
  case ${1-} in
    '') ;;
    -h | --help) usage; exit 0 ;;
    *) refuse "unknown argument '$1'" ;;
  esac
}

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
trap stop_heartbeat EXIT

# step NAME COMMAND...: announces and runs one step with its output in a log, whose path is then in step_log.
# A failure shows the end of the log and ends the script with status ${failure_status:-1}.
# Call it as a plain command: behind || or in a condition bash would ignore errors inside COMMAND.
step() {
  local name=$1 status=0 start=$SECONDS
  shift
  announce "$name"
  mkdir -p -- "$log_folder"
  step_log=$log_folder/$(basename -- "$script")-$step_number.log
  : >"$step_log"
  heartbeat "$step_log" &
  heartbeat_pid=$!
  set +e
  (set -e; "$@") >"$step_log" 2>&1 </dev/null
  status=$?
  set -e
  stop_heartbeat
  if ((status != 0)); then
    tail -n 60 -- "$step_log" | sed 's/^/      | /' >&2
    printf '%s: step %d of %d failed (%s), the whole output is in %s\n' \
      "$script" "$step_number" "$step_total" "$name" "$(realpath -- "$step_log")" >&2
    exit "${failure_status:-1}"
  fi
  printf '      done in %d s\n' $((SECONDS - start))
}

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
