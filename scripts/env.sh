# Sourced by every script: where caches live and which toolchain is used.
# CROSSDOCK_CACHE moves all of it: compiled crates, tools, npm packages, the private databases.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export CROSSDOCK_CACHE="${CROSSDOCK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/crossdock}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$CROSSDOCK_CACHE/target}"
# What the browser loads, as scripts/build leaves it and the server serves it.
export CROSSDOCK_SITE_ROOT="${CROSSDOCK_SITE_ROOT:-$CARGO_TARGET_DIR/site}"
TOOLS="$CROSSDOCK_CACHE/tools"
WASM_BINDGEN_VERSION=0.2.130
CARGO_DENY_VERSION=0.20.2
# Queries are checked against the committed cache; scripts/sqlx-prepare renews it.
export SQLX_OFFLINE="${SQLX_OFFLINE:-true}"
# One by one: the whole workspace at once would build the app for browser and server together.
NATIVE=(-p domain -p store -p operations -p connectors -p engine -p simulators
  -p local-postgres -p testkit -p server -p app -p benches)
mkdir -p "$TOOLS/bin" "$CARGO_TARGET_DIR"
export PATH="$TOOLS/bin:$TOOLS/npm/node_modules/.bin:$HOME/.cargo/bin:$PATH"
if [ -f "$TOOLS/toolchain" ]; then
  RUSTUP_TOOLCHAIN="$(cat "$TOOLS/toolchain")"
  [ -n "$RUSTUP_TOOLCHAIN" ] && export RUSTUP_TOOLCHAIN || unset RUSTUP_TOOLCHAIN
fi

say() { printf '\033[1m%s\033[0m %s\n' "==>" "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root, through sudo when needed.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "'$*' needs root: run it yourself as root, then start this script again"
  fi
}

# apt_install PACKAGE...: installs what dpkg does not have yet.
apt_install() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || fail "please install: ${missing[*]} (no apt-get on this machine)"
  say "installing ${missing[*]}"
  as_root apt-get update -qq || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$TOOLS/apt.log" 2>&1 \
    || { tail -20 "$TOOLS/apt.log" >&2; fail "apt-get could not install ${missing[*]}"; }
}
