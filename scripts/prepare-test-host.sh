#!/bin/sh
# Installs the Debian packages that tests need and this machine lacks; says nothing when there are none.
# Each line: the command a test runs, the package that brings it, and what it is for.
set -eu

needed() {
  cat <<'LIST'
zsh zsh           completion scripts are tried in the real shell
fish fish         completion scripts are tried in the real shell
ps procps         tests look for processes that should be gone
unzip unzip       what deploying packs is opened by a program that is not ours
chromium chromium pages that functions serve are opened in a real browser
LIST
}

missing=$(needed | while read -r command package _; do
  command -v "$command" >/dev/null 2>&1 || printf '%s ' "$package"
done)
[ -n "$missing" ] || exit 0

give_up() {
  echo "The tests need packages that could not be installed from here; please install them and try again: ${missing% }" >&2
  exit 1
}

command -v apt-get >/dev/null 2>&1 || give_up
if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null 2>&1; then
  # Where nobody can answer, a password prompt would hang the run.
  if [ -t 0 ]; then as_root="sudo"; else as_root="sudo -n"; fi
else
  give_up
fi

apt_get() {
  # $as_root is empty or several words, hence unquoted. apt-get's output is of interest only when it fails.
  # shellcheck disable=SC2086
  output=$($as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" 2>&1 </dev/null)
}

# $missing is a list of words, too. A machine that never fetched the package lists does so now, once.
# shellcheck disable=SC2086
install() { apt_get install --no-install-recommends $missing; }

echo "Installing what the tests need: ${missing% }" >&2
install || { apt_get update && install; } || {
  echo "$output" >&2
  give_up
}
