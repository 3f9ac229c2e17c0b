# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Notes of a run, of which `spbcheck report` makes its record (docs/record.md). Sourced after lib.sh, whose steps add
# theirs once begin_notes has said where. What a killed run left of them is a record too, of a run without an end.

# begin_notes FOLDER MODE: FOLDER/notes begins anew; the record of an earlier run is not this one's.
begin_notes() {
  notes=$1/notes record=$1/record.json
  rm -f -- "$record"
  : >"$notes"
  note run mode "$2"
  note run command "$command"
  note run began "$(now)"
  note_known run commit "$(git rev-parse --verify --quiet HEAD 2>/dev/null || true)"
}

# now: seconds since 1970, with a point whatever the language.
now() {
  echo "${EPOCHREALTIME/,/.}"
}

# note WORD FIELD...: a line of them.
note() {
  local IFS=$'\t'
  printf '%s\n' "${*//[$'\n\r']/ }" >>"$notes"
}

# note_known WORD FIELD...: unless its last field is empty.
note_known() {
  if [[ -n ${!#} ]]; then note "$@"; fi
}

# noted COMMAND...: what it runs adds to them.
noted() {
  SPB_NOTES=$(realpath -- "$notes") "$@"
}

# note_findings NEW FOLDER NAMES: the finding of each name; NEW is new or known. One that was fixed and is there again is
# neither: spbcheck triage knows.
note_findings() {
  local state name
  while IFS= read -r name; do
    [[ -n $name ]] || continue
    state=$1
    if [[ $state == new ]] && grep -qxF "fixed $name" -- "$2/triage" 2>/dev/null; then state=again; fi
    note finding "$state" "$2/$name"
  done <<<"$3"
}

# end_notes SPBCHECK: the record, whole or not at all, of a run that ends with $status. A finding is worse than no record.
end_notes() {
  note run ended "$(now)"
  note run status "$status"
  "$1" report --form json "$notes" --to "$record" && return
  echo "$script: found no way to make $record, its notes are $notes" >&2
  if ((status == 0)); then status=2; fi
}
