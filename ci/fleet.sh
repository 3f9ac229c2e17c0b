# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A fuzzing fleet on this machine: the environment that its builder gives to build.sh, its runner, and what it asks of a
# build. Sourced after lib.sh by ci/fleet-check.
#
# The facts are OSS-Fuzz's (infra/base-images: compile, compile_ENGINE, run_fuzzer, bad_build_check, test_all.py;
# infra/presubmit.py; the guides for new projects and for the environment of a fuzz target). ClusterFuzzLite and
# ClusterFuzz build and run in the same way.

fleet_engines=(libfuzzer afl standalone honggfuzz centipede)
fleet_sanitizers=(address undefined memory none coverage)

# What bad_build_check counts: edges, and calls into the runtimes of sanitizers.
edges_min=100
asan_calls_min=1000 asan_calls_max=0
msan_calls_min=1000 msan_calls_max=3
ubsan_calls_min=168 ubsan_calls_max=200

# What a fleet gives to a unit.
rss_mb_max=2560
unit_seconds_max=25

# ---- the builder

# make_toolchain FOLDER: what an image of a fleet has and Debian has not. Its libc++.a holds the ABI library too, and its
# libFuzzer is not built on libstdc++: here that one is hidden inside the engine's object.
make_toolchain() {
  local folder=$1 runtime libfuzzer
  mkdir -p -- "$folder"
  rm -f -- "$folder"/*
  printf 'create %s\naddlib %s\naddlib %s\nsave\nend\n' "$folder/libc++.a" \
    "$(clang++-14 -print-file-name=libc++.a)" "$(clang++-14 -print-file-name=libc++abi.a)" | ar -M
  runtime=$(clang++-14 -print-runtime-dir)
  libfuzzer=$runtime/libclang_rt.fuzzer-$(uname -m).a
  ld -r -o "$folder/all.o" --force-group-allocation --whole-archive "$libfuzzer" --no-whole-archive \
    --start-group "$(g++ -print-file-name=libstdc++.a)" --end-group
  objcopy --wildcard -G 'LLVMFuzzer*' -G '__sanitizer_*' -G '__sancov_*' -G main "$folder/all.o" "$folder/libfuzzer.o"
  clang++-14 -std=c++20 -O1 -c ci/oss-fuzz/driver.cpp -o "$folder/driver.o"
}

# sanitizer_flags SANITIZER
sanitizer_flags() {
  local checks=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return
  checks+=,returns-nonnull-attribute,shift,signed-integer-overflow,unreachable,vla-bound,vptr
  case $1 in
    address) echo '-fsanitize=address -fsanitize-address-use-after-scope' ;;
    undefined) echo "-fsanitize=$checks,unsigned-integer-overflow -fno-sanitize-recover=$checks" ;;
    memory) echo '-fsanitize=memory -fsanitize-memory-track-origins' ;;
  esac
}

# coverage_flags ENGINE SANITIZER
coverage_flags() {
  if [[ $2 == coverage ]]; then
    echo '-fprofile-instr-generate -fcoverage-mapping'
    return
  fi
  case $1 in
    libfuzzer) echo '-fsanitize=fuzzer-no-link' ;;
    honggfuzz) echo '-fsanitize-coverage=trace-pc-guard,indirect-calls,trace-cmp' ;;
    centipede) echo '-fno-builtin -fsanitize-coverage=trace-pc-guard,pc-table,trace-cmp' ;;
  esac
}

# builder_environment ENGINE SANITIZER TOOLCHAIN FOLDER: sets and exports what build.sh is given; sources are in
# FOLDER/src. The memory sanitizer needs a libc++ that is built with it, in SPB_MSAN_LIBCXX.
builder_environment() {
  local engine=$1 sanitizer=$2 toolchain=$3 folder=$4 libraries=$3
  export SRC=$folder/src WORK=$folder/$engine-$sanitizer/work OUT=$folder/$engine-$sanitizer/out
  export FUZZING_ENGINE=$engine SANITIZER=$sanitizer FUZZING_LANGUAGE=c++
  ARCHITECTURE=$(uname -m)
  export ARCHITECTURE CC=clang-14 CXX=clang++-14 LIB_FUZZING_ENGINE=$toolchain/driver.o
  case $engine in
    libfuzzer) LIB_FUZZING_ENGINE=$toolchain/libfuzzer.o ;;
    afl) CC=afl-clang-fast CXX=afl-clang-fast++ LIB_FUZZING_ENGINE=/usr/lib/afl/libAFLDriver.a ;;
  esac
  if [[ $sanitizer == memory ]]; then libraries=$SPB_MSAN_LIBCXX; fi
  CFLAGS="-O1 -fno-omit-frame-pointer -gline-tables-only -Wno-unused-command-line-argument"
  CFLAGS+=" -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION $(sanitizer_flags "$sanitizer") $(coverage_flags "$engine" "$sanitizer")"
  export CFLAGS CXXFLAGS="$CFLAGS -stdlib=libc++ -L$libraries"
  export AFL_QUIET=1 UBSAN_OPTIONS=silence_unsigned_overflow=1
}

# copy_sources FOLDER: what git knows or would; a file that is the same keeps its time, so that nothing is compiled again.
copy_sources() {
  mkdir -p -- "$1"
  rm -f -- "$1/.files"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [[ -f $file ]]; then printf '%s\0' "$file"; fi
  done >"$1/.files"
  tar --null -T "$1/.files" -cf - | tar -xf - -C "$1"
  # What is no longer in the tree.
  comm -z -13 <(sort -z "$1/.files") <(cd -- "$1" && find . -type f ! -name .files -printf '%P\0' | sort -z) |
    (cd -- "$1" && xargs -0 -r rm -f --)
}

# ---- the runner

# find_jail: sets jail to how a machine without a network and with nothing to write is had here; empty where it is not.
find_jail() {
  local arguments
  jail=()
  for arguments in '--mount --net' '--map-root-user --mount --net'; do
    # shellcheck disable=SC2086  # several arguments
    if unshare $arguments mount --make-rprivate / 2>/dev/null; then
      read -r -a jail <<<"unshare $arguments"
      return
    fi
  done
}

# Where everything but /tmp can only be read. What the build left behind is hidden, and /dev too but for what bash has
# opened before. $1 is the folder that becomes /tmp, $2 the one to hide, $3 the targets' own.
# shellcheck disable=SC2016  # the inner shell's variables
in_jail='
  set -e
  scratch=$1 hidden=$2 out=$3
  shift 3
  mount --make-rprivate /
  mount --bind "$out" /mnt
  mount -t tmpfs -o ro none "$hidden"
  mount --bind "$scratch" /tmp
  for point in $(cut -d " " -f 2 /proc/self/mounts | sort -u); do
    case $point in /tmp | /proc | /proc/*) ;; *) mount -o remount,bind,ro "$point" 2>/dev/null || true ;; esac
  done
  cd /mnt
  if (: >/mnt/probe) 2>/dev/null || (: >/var/probe) 2>/dev/null; then
    echo "found a machine that can be written to, expected /tmp alone" >&2
    exit 99
  fi
  exec "$@"'

# run_in_fleet OUT COMMAND...: the environment of a fleet's runner; OUT is where the targets are now. Without a jail the
# command runs where it is.
run_in_fleet() {
  local out=$1 scratch asan_options=$runner_asan_options status=0
  shift
  scratch=$(mktemp -d)
  # AFL++ takes no other.
  if [[ $FUZZING_ENGINE == afl ]]; then asan_options+=:abort_on_error=1:symbolize=0:detect_leaks=0; fi
  local environment=(env -i "PATH=$PATH" TMPDIR=/tmp HOME=/tmp ASAN_OPTIONS="$asan_options"
    UBSAN_OPTIONS=silence_unsigned_overflow=1:print_stacktrace=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_FORKSRV_INIT_TMOUT=30000)
  if ((${#jail[@]} > 0)); then
    "${jail[@]}" bash -c "$in_jail" jail "$scratch" "$hidden_folder" "$out" "${environment[@]}" "$@" </dev/null || status=$?
  else
    (cd -- "$out" && "${environment[@]}" "$@") </dev/null || status=$?
  fi
  rm -rf -- "$scratch"
  return "$status"
}

# ---- what is asked of a build

# bad TARGET WHAT: a breach; bad_count has how many.
bad() {
  bad_count=$((bad_count + 1))
  printf 'BAD %s: %s\n' "$1" "$2"
}

# targets_in OUT: programs without an extension that have a fuzz target's entry.
targets_in() {
  local file
  for file in "$1"/*; do
    if [[ -f $file && -x $file && $(basename -- "$file") != afl-* ]] && grep -q LLVMFuzzerTestOneInput "$file"; then
      basename -- "$file"
    fi
  done
}

# check_file OUT TARGET: its name, its machine, and what it loads: the C library's own, which every machine has.
check_file() {
  local file=$1/$2 needed
  [[ $2 =~ ^[A-Za-z0-9_-]+$ ]] || bad "$2" 'its name has more than letters, digits, _ and -'
  readelf -h "$file" 2>/dev/null | grep -q 'X86-64\|AArch64' || bad "$2" 'it is no program of this architecture'
  for needed in $(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    [[ $needed =~ ^(lib(c|m|dl|rt|pthread|resolv|gcc_s)|ld-linux.*)\.so\.[0-9]+$ ]] ||
      bad "$2" "it loads $needed, which a fleet's machine does not have"
  done
  if readelf -d "$file" | grep -q 'R.*PATH'; then bad "$2" 'it looks for libraries in a folder of the builder'; fi
}

# check_beside OUT TARGET: seeds, dictionary, options.
check_beside() {
  local name=$1/$2 seeds
  seeds=$({ unzip -Z1 "${name}_seed_corpus.zip" 2>/dev/null || true; } | wc -l)
  ((seeds > 0)) || bad "$2" "it has no seeds in ${2}_seed_corpus.zip"
  [[ -s $name.dict ]] || bad "$2" "it has no $2.dict"
  if grep -sqvE '^(#.*|[A-Za-z_0-9]+=)?("([^"\\]|\\\\|\\"|\\x[0-9A-Fa-f]{2})+")?$' "$name.dict"; then
    bad "$2" "$2.dict has a line that is no word of a dictionary"
  fi
  grep -sqxE '\[(libfuzzer|asan|ubsan|msan|env|grammar)\]' "$name.options" || bad "$2" "it has no $2.options with a section of a fleet"
}

# runtime_calls FILE: of ASan, MSan and UBSan.
runtime_calls() {
  objdump -d --no-show-raw-insn "$1" | awk '
    $2 ~ /^(call|callq|bl)$/ && $4 ~ /^<__(asan|msan|ubsan)/ { ++count[substr($4, 4, 4)] }
    END { print count["asan"] + 0, count["msan"] + 0, count["ubsa"] + 0 }'
}

# check_sanitizer OUT TARGET: neither too few calls of the sanitizer that was asked for, nor too many of another.
check_sanitizer() {
  local asan msan ubsan
  read -r asan msan ubsan < <(runtime_calls "$1/$2")
  echo "$2: $asan calls of ASan's runtime, $msan of MSan's, $ubsan of UBSan's"
  case $SANITIZER in
    address) ((asan >= asan_calls_min)) || bad "$2" "$asan calls of ASan, expected $asan_calls_min at least" ;;
    memory) ((msan >= msan_calls_min)) || bad "$2" "$msan calls of MSan, expected $msan_calls_min at least" ;;
    undefined)
      [[ $FUZZING_ENGINE != libfuzzer ]] || ((ubsan >= ubsan_calls_min)) ||
        bad "$2" "$ubsan calls of UBSan, expected $ubsan_calls_min at least"
      ;;
    *) return ;;
  esac
  [[ $SANITIZER == address ]] || ((asan <= asan_calls_max)) || bad "$2" "$asan calls of ASan in a build with $SANITIZER"
  [[ $SANITIZER == memory ]] || ((msan <= msan_calls_max)) || bad "$2" "$msan calls of MSan in a build with $SANITIZER"
  [[ $SANITIZER == undefined ]] || ((ubsan <= ubsan_calls_max)) || bad "$2" "$ubsan calls of UBSan in a build with $SANITIZER"
}

# run_target OUT TARGET COMMAND...: in the fleet; sets said and run_status.
run_target() {
  local out=$1
  shift 2
  run_status=0
  said=$(run_in_fleet "$out" timeout --kill-after=5 120 "$@" 2>&1) || run_status=$?
}

# check_run OUT TARGET: it starts, is instrumented, and its seeds run without a crash, by the engine.
check_run() {
  local out=$1 target=$2
  case $FUZZING_ENGINE in
    libfuzzer) check_run_libfuzzer "$out" "$target" ;;
    afl) check_run_afl "$out" "$target" ;;
    *)
      # shellcheck disable=SC2016  # the runner's shell
      run_target "$out" "$target" bash -c 'mkdir /tmp/seeds && unzip -q -d /tmp/seeds "$1"_seed_corpus.zip && "./$1" /tmp/seeds/*' run "$target"
      grep -qE '^[1-9][0-9]* files were run$' <<<"$said" || bad_run "$target" 'it does not run its seeds to the end'
      ;;
  esac
}

# bad_run TARGET WHAT: with what it said.
bad_run() {
  bad "$1" "$2 (exit status $run_status)"
  tail -n 20 <<<"$said" | sed 's/^/  | /'
}

check_run_libfuzzer() {
  local out=$1 target=$2 edges arguments="-rss_limit_mb=$rss_mb_max -timeout=$unit_seconds_max"
  # A build for coverage has no counters for libFuzzer to begin with: a fleet runs its corpus alone.
  if [[ $SANITIZER != coverage ]]; then
    # shellcheck disable=SC2086  # several arguments
    run_target "$out" "$target" "./$target" -seed=1337 -runs=4 $arguments
    ((run_status == 0)) && grep -q 'Done 4 runs' <<<"$said" || bad_run "$target" 'it does not start'
    edges=$(sed -nE 's/^INFO: Loaded [0-9]+ modules? .*\((inline 8-bit counters|guards|.*counters)\): +([0-9]+).*/\2/p' <<<"$said" | head -n 1)
    echo "$target: ${edges:-0} edges"
    ((${edges:-0} >= edges_min)) || bad "$target" "${edges:-0} edges, expected $edges_min at least"
  fi
  # shellcheck disable=SC2016,SC2086  # the runner's shell; several arguments
  run_target "$out" "$target" bash -c 'mkdir /tmp/seeds && unzip -q -d /tmp/seeds "$1"_seed_corpus.zip && shift && exec "$@" /tmp/seeds' \
    run "$target" "./$target" -runs=0 -dict="$target.dict" $arguments $(options_of "$out" "$target")
  ((run_status == 0)) || bad_run "$target" 'one of its seeds ends it'
  echo "$target: $(grep -oE 'Done [0-9]+ runs' <<<"$said" || echo 'no end') of its seeds"
}

# options_of OUT TARGET: as libFuzzer's arguments.
options_of() {
  sed -n '/^\[libfuzzer\]/,/^\[[a-km-z]/ s/^ *\([a-z_]*\) *= *\([^ ]*\) *$/-\1=\2/p' "$1/$2.options" 2>/dev/null || true
}

check_run_afl() {
  local out=$1 target=$2
  # shellcheck disable=SC2016  # the runner's shell
  run_target "$out" "$target" bash -c 'mkdir /tmp/in && echo input >/tmp/in/input && exec afl-fuzz -V 3 -t 5000+ -i /tmp/in -o /tmp/out -x "$1.dict" -- "./$1"' \
    run "$target"
  grep -q 'All set and ready to roll' <<<"$said" || bad_run "$target" 'afl-fuzz cannot run it'
  if grep -qE 'target binary (crashed|terminated)' <<<"$said"; then bad_run "$target" 'it ends when it starts'; fi
}

# check_build OUT: every target that is there; sets bad_count.
check_build() {
  local out=$1 targets target before
  bad_count=0
  mapfile -t targets < <(targets_in "$out")
  ((${#targets[@]} > 0)) || bad "$out" 'it has no fuzz target'
  before=$(cd -- "$out" && find . -type f -print0 | sort -z | xargs -0 sha1sum)
  for target in "${targets[@]}"; do
    check_file "$out" "$target"
    check_beside "$out" "$target"
    check_sanitizer "$out" "$target"
    check_run "$out" "$target"
  done
  [[ $before == "$(cd -- "$out" && find . -type f -print0 | sort -z | xargs -0 sha1sum)" ]] ||
    bad "$out" 'a target writes beside itself'
}

# ---- project.yaml

# yaml_values FILE KEY: of a list, one a line, or the word after the key.
yaml_values() {
  awk -v key="$2" '
    { sub(/[ \t]*#.*/, "") }
    $0 ~ "^" key ":" { inside = 1; sub(/^[^:]*: */, ""); gsub(/"/, ""); if ($0 != "") print; next }
    /^[^ -]/ { inside = 0 }
    inside && /^ *- / { sub(/^ *- */, ""); sub(/:$/, ""); print }' "$1"
}

# check_values FILE KEY VALUES NEEDED: each of the key's values is one of these; NEEDED asks for one at least.
check_values() {
  local value any=
  while IFS= read -r value; do
    any=1
    [[ " $3 " == *" $value "* ]] || bad "$1" "$2 has '$value', expected one of: $3"
  done < <(yaml_values "$1" "$2")
  if [[ -n $4 && -z $any ]]; then bad "$1" "it has no $2"; fi
}

# check_project FILE KIND: OSS-Fuzz's project.yaml, or ClusterFuzzLite's, which says the language alone; adds to bad_count.
check_project() {
  local file=$1 kind=$2 key known
  known=' architectures auto_ccs base_os_version blackbox builds_per_day coverage_extra_args disabled file_github_issue'
  known+=' fuzzing_engines help_url homepage labels language main_repo primary_contact run_tests sanitizers selective_unpack'
  known+=' vendor_ccs view_restrictions '
  while IFS= read -r key; do
    [[ $known == *" $key "* ]] || bad "$file" "found the key '$key', expected one of:$known"
  done < <(sed -nE 's/^([A-Za-z_]+):.*/\1/p' "$file")
  if grep -qvE '^(#.*|[a-z_]+:.*|  ?- .+|    ?[a-z_]+: .*|)$' "$file"; then bad "$file" 'a line that is no key and no list'; fi
  check_values "$file" language 'c c++' needed
  if [[ $kind == oss-fuzz ]]; then
    [[ -n $(yaml_values "$file" main_repo) ]] || bad "$file" 'it has no main_repo'
    yaml_values "$file" primary_contact | grep -q '@.*\.' || bad "$file" 'primary_contact is no address'
  fi
  check_values "$file" sanitizers 'address undefined memory none' ''
  check_values "$file" fuzzing_engines 'libfuzzer afl honggfuzz centipede' ''
  check_values "$file" architectures 'x86_64 i386 aarch64' ''
  check_values "$file" base_os_version 'legacy ubuntu-20-04 ubuntu-24-04' ''
}
