# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A copy of the sources where a diff is applied: shared by ci/faults and ci/changes. Sourced after lib.sh.
#
# The copy is in $tree, and has the files and folders that are listed in sources. What is built of it may be in its build/.

# copy_sources: brings the copy to what the tree is. A file that is the same keeps its time, so that nothing is compiled
# again for it; one that is not gets a new one, though the tree's is older than what was compiled meanwhile.
copy_sources() {
  local file
  mkdir -p -- "$tree"
  while IFS= read -r file; do
    if ! cmp -s -- "$file" "$tree/$file"; then
      mkdir -p -- "$(dirname -- "$tree/$file")"
      cp -- "$file" "$tree/$file"
    fi
  done < <(find "${sources[@]}" -type f)
  while IFS= read -r file; do
    [[ -f $file ]] || rm -- "$tree/$file"
  done < <(cd -- "$tree" && find . -path ./build -prune -o -type f -printf '%P\n')
}

# files_of DIFF: what it changes, from the root folder on.
files_of() {
  sed -n 's|^+++ b/\([^[:blank:]]*\).*|\1|p' "$1"
}

plant() {
  patch --directory="$tree" --strip=1 --fuzz=0 --silent --no-backup-if-mismatch --forward <"$1"
}

# uproot DIFF: the copy is the tree again.
uproot() {
  local file
  while IFS= read -r file; do
    cp -- "$file" "$tree/$file"
  done < <(files_of "$1")
}
