# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A campaign's folder, which outlives campaigns and may have seen one end at any point. Sourced after engines.sh.
#
#   corpus/       programs as bytes that engines go on from; libFuzzer's bear their content's SHA-1, ours `seed-` and a part
#                 of it, so that half a file is known by its name. Nothing here is ever replaced; a batch takes out what
#                 its coverage does not need.
#   artifacts/    what engines kept or stopped at, not filed yet: the next campaign files what a killed one left
#   filed/        artifacts whose minimal program is in the folder of findings
#   unexplained/  artifacts that `spbcheck file` made no finding of, and what it said of each
#   afl/          AFL++'s own, until its queue was merged into corpus/
#   pruned/       all that corpus/ needs, whole; there only while the rest is taken out of it
#   rounds        how many rounds batches have begun: each has other seeds
#   before-*      which findings there were when the campaign began; stays until a campaign has told of the others
#   lock          who works here

# hold_folder FOLDER WHAT: until this script and all that it started have ended.
hold_folder() {
  local lock=$1/lock
  exec {folder_lock}<>"$lock" || trouble "found no way to open $lock, expected a folder that can be written to"
  # What a killed campaign left needs a moment to end.
  flock --wait 5 "$folder_lock" ||
    trouble "found $1 in use by $(<"$lock"), expected one campaign at a time: wait for it or end it"
  printf 'process %d since %s (%s)\n' "$$" "$(date '+%F %T')" "$2" >"$lock"
}

# damaged_programs FOLDER: files that a full disk or a kill left in part; their names are not their content's.
damaged_programs() {
  (cd -- "$1" && find . -type f -print0 | xargs -0 -r sha1sum --) | awk '
    { name = substr($0, 45) }
    length(name) == 40 && name !~ /[^0-9a-f]/ && name != $1 { print name }
    name ~ /^seed-/ && name != "seed-" substr($1, 1, 16) { print name }'
}

# remove_damaged FOLDER: from the corpus; sets damaged to how many there were.
remove_damaged() {
  local files
  mapfile -t files < <(damaged_programs "$1")
  damaged=${#files[@]}
  if ((damaged > 0)); then
    echo "$damaged programs of $1 were written in part only: removed"
    (cd -- "$1" && rm -f -- "${files[@]}")
  fi
}

# recover_folder PROGRAM FOLDER: what a killed campaign left; PROGRAM is libFuzzer's.
recover_folder() {
  local program=$1 folder=$2
  rm -f -- "$folder"/artifacts/.room-*
  remove_damaged "$folder/corpus"
  take_pruned "$folder"
  rm -rf -- "$folder/pruned.part"
  if [[ -d $folder/afl ]]; then
    echo 'an earlier campaign left what AFL++ found'
    keep_afl_crashes "$folder"
    exchange "$program" "$folder" || set_aside "$folder/afl"
  fi
}

# take_pruned FOLDER: the corpus becomes what pruned/ has. First it gets all of that, and only then it loses the rest, so
# there is no moment in which it has too little; ended at any point, it is done again.
take_pruned() {
  local corpus=$1/corpus pruned=$1/pruned
  if ! [[ -d $pruned ]]; then return 0; fi
  find "$pruned" -type f -exec cp --no-clobber --target-directory="$corpus" -- {} +
  comm -z -23 <(find "$corpus" -type f -printf '%f\0' | sort -z) <(find "$pruned" -type f -printf '%f\0' | sort -z) |
    (cd -- "$corpus" && xargs -0 -r rm -f --)
  # Half of it must not bear that name.
  mv -- "$pruned" "$1/pruned.part"
  rm -rf -- "$1/pruned.part"
}

# begin_round FOLDER: sets rounds_begun, which no batch in this folder had before.
begin_round() {
  local file=$1/rounds
  rounds_begun=$(($(cat -- "$file" 2>/dev/null || echo 0) + 1))
  echo "$rounds_begun" >"$file.tmp"
  mv -- "$file.tmp" "$file"
}

# set_aside FOLDER: under a name that is free, so that the campaign can go on.
set_aside() {
  local number=1
  while [[ -e $1-unmerged-$number ]]; do number=$((number + 1)); done
  mv -- "$1" "$1-unmerged-$number"
  echo "its queue could not be merged and is $1-unmerged-$number now"
}

# ---- findings

# findings_in FOLDER: names of its findings.
findings_in() {
  find "$1" -maxdepth 1 -type f -name '*.txt' -printf '%f\n' 2>/dev/null | sort
}

# remember_findings CAMPAIGN FINDINGS: those there are now, unless a killed campaign has not told of all of its own.
remember_findings() {
  before_findings=$1/before-$(realpath -- "$2" | sha1sum | cut -c 1-8)
  before_unexplained=$1/before-unexplained
  remember "$before_findings" "$2"
  remember "$before_unexplained" "$1/unexplained"
}

remember() {
  if ! [[ -e $1 ]]; then
    findings_in "$2" >"$1.tmp"
    mv -- "$1.tmp" "$1"
  fi
}

# all_is_told: the next campaign begins with these findings as known ones.
all_is_told() {
  rm -f -- "$before_findings" "$before_unexplained"
}

# new_findings BEFORE FOLDER: names of those that were not there.
new_findings() {
  comm -13 -- "$1" <(findings_in "$2")
}

# file_campaign SPBCHECK CAMPAIGN FINDINGS: every artifact, the shortest first, each by a process of its own, since one
# may end it. What cannot be written stays an artifact, and is trouble.
file_campaign() {
  local spbcheck=$1 folder=$2 findings=$3 artifact failed=0
  mkdir -p -- "$folder/filed" "$folder/unexplained"
  while IFS= read -r -d '' artifact; do
    file_artifact "$spbcheck" "$folder" "$findings" "$artifact" || failed=2
  done < <(find "$folder/artifacts" -type f ! -name '.*' -printf '%s\t%p\0' | sort -zn | cut -z -f 2-)
  return "$failed"
}

file_artifact() {
  local spbcheck=$1 folder=$2 findings=$3 artifact=$4 name status=0 said
  name=$(basename -- "$artifact")
  # Within the limit the smallest so far is filed; what does not even come to an end is ended.
  said=$(timeout --kill-after=5 300 \
    "$spbcheck" file --as bytes --to "$findings" "$artifact" --seconds 240 2>&1) || status=$?
  printf '%s\n' "$said"
  case $status in
    1) mv -- "$artifact" "$folder/filed/$name" ;;
    2) return 2 ;;
    0)
      if [[ $name == @(hang|timeout|slow-unit)-* ]]; then
        # A machine with other work to do; it is kept, and no finding.
        mv -- "$artifact" "$folder/unexplained/$name"
      else
        keep_unexplained "$folder" "$artifact" 'all holds when it runs again'
      fi
      ;;
    *) keep_unexplained "$folder" "$artifact" "$(unexplained_because "$status"): $said" ;;
  esac
}

unexplained_because() {
  case $1 in
    3 | 124) echo 'not known to break anything within its time' ;;
    *) if (($1 > 128)); then echo "ended by signal $(($1 - 128))"; else echo "exit status $1"; fi ;;
  esac
}

# keep_unexplained FOLDER ARTIFACT WHY: the program, and a note beside it.
keep_unexplained() {
  local folder=$1 artifact=$2 name
  name=$(basename -- "$artifact")
  printf '%s\n' "$3" >"$folder/unexplained/$name.txt"
  mv -- "$artifact" "$folder/unexplained/$name"
  echo "unexplained: $3"
}

# findings_told LOG...: names of the findings that these logs say were filed or seen again.
findings_told() {
  sed -n -E \
    -e 's/^[^:]*\/artifacts\/[^:]*: (.*), (new|shorter than before|known): .*/\1/p' \
    -e 's/^ *filed as (.*)/\1/p' "$@" | sed 's/.*\///' | sort -u
}
